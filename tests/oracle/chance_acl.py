# SPDX-License-Identifier: GPL-3.0-or-later
"""Random rules of users: what they are shown as, and what they allow; see
chance.py.  Each begins with a user that was reset, since users outlive a
sequence."""

REQUESTS = '''GET:k1 SET:k1:v SET:k1:v:GET DEL:k1:k2:k3 MSET:k1:a:j2:b
EXISTS:k1 STRLEN:k2 LMOVE:k1:k2:LEFT:LEFT SORT:k1 SORT:k1:STORE:k2
GEORADIUS:k1:0:0:1:m:STORE:k2 ZUNIONSTORE:k1:2:k2:j1 XREAD:STREAMS:k1:k2:0:0
MIGRATE:h:1:k1:0:1 MIGRATE:h:1::0:1:KEYS:k1:k2 SELECT:0 SELECT:1 PUBLISH:c1:x
SUBSCRIBE:c1:d1 PSUBSCRIBE:c* SSUBSCRIBE:c1 CONFIG:GET:x CONFIG:nonsense
CLIENT:KILL:x AUTH:x NONSENSE GET BITFIELD:k1:GET:u8:0 BITFIELD:k1:SET:u8:0:1
OBJECT:ENCODING:k1 EXEC DEBUG:OBJECT:k1'''.split()

# Q stands for one of these.
TEMPLATES = '''
ACL SETUSER user reset +R ; ACL GETUSER user
ACL SETUSER user reset +R +R ; ACL GETUSER user ; ACL DRYRUN user Q
ACL SETUSER user reset +R +R ; ACL SETUSER user +R ; ACL GETUSER user
ACL SETUSER user reset on +R +R ; ACL DRYRUN user Q ; ACL DRYRUN user Q
ACL SETUSER user reset +@all H +R ; ACL DRYRUN user Q ; ACL DRYRUN user Q
ACL SETUSER user reset +@all A A A ; ACL GETUSER user
ACL SETUSER user reset A A A A ; ACL GETUSER user ; ACL DRYRUN user Q
ACL SETUSER user reset A A A A A A A ; ACL GETUSER user
ACL SETUSER user reset +@all &C +&C ; ACL DRYRUN user PUBLISH:C:C|SUBSCRIBE:C:C|PSUBSCRIBE:C:C
ACL SETUSER user reset (+R A R) ; ACL GETUSER user ; ACL DRYRUN user Q
ACL SETUSER user reset S +S ; ACL GETUSER user ; ACL DRYRUN user Q
ACL SETUSER user reset S +R S ?clearselectors ; ACL GETUSER user
'''

TEMPLATES = TEMPLATES.replace('Q', '|'.join(REQUESTS))
CATEGORIES = '''keyspace read write set sortedset list hash string bitmap
hyperloglog geo stream pubsub admin fast slow blocking dangerous connection
transaction scripting all nonsense'''.split()
COMMANDS = '''get set del mset lmove config config|get config|set
client|kill debug select publish subscribe script cluster cluster|info acl
acl|whoami eval sort xread zunionstore nonsense config|nonsense exec'''.split()
HASH = 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'
def access(maker):
    """A rule for keys."""
    chance = maker.chance
    mode = chance.choice(('~', '~', '%R~', '%W~', '%RW~', '%r~', '%X~', '%~',
                          '%RR~'))
    return mode + chance.choice(('k1', 'k*', '*', 'k[12]', 'j1', '', 'k?',
                                 'a b'))


def command(maker):
    """A rule for commands."""
    chance = maker.chance
    sign = chance.choice('++-')
    if chance.random() < 0.45:
        return sign + '@' + chance.choice(CATEGORIES)
    if chance.random() < 0.15:
        return sign + 'select|' + chance.choice(('0', '1', ''))
    return sign + chance.choice(COMMANDS)


def rule(maker):
    """Any rule."""
    chance = maker.chance
    kind = chance.random()
    if kind < 0.25:
        return access(maker)
    if kind < 0.65:
        return command(maker)
    if kind < 0.75:
        return '&' + chance.choice(('c1', 'c*', '*', 'd?', 'a b', ''))
    return chance.choice((
        'on', 'off', 'ON', 'nopass', 'resetpass', '>a', '<a', '>b', '#' + HASH,
        '!' + HASH, '#x', 'allkeys', 'resetkeys', 'allchannels',
        'resetchannels', 'allcommands', 'nocommands', 'sanitize-payload',
        'skip-sanitize-payload', 'clearselectors', 'reset', 'nonsense', '',
        '(', ')', '()', '(~x', '+', '-', '%'))


def selector(maker):
    """A selector, mostly a sound one."""
    chance = maker.chance
    rules = [chance.choice((access, command, command, rule))(maker)
             for _ in range(chance.randint(0, 4))]
    return '(' + ' '.join(rules) + ')'


FILL = {
    'R': rule,
    '(+R': lambda maker: '(' + rule(maker),
    'R)': lambda maker: rule(maker) + ')',
    'A': command,
    'H': access,
    'S': selector,
    'C': lambda maker: maker.chance.choice(('c1', 'c*', 'd1', '*', 'c')),
    '&C': lambda maker: '&' + maker.chance.choice(('c1', 'c*', 'd1', '*')),
}

# The order of commands is up to the server.
MARKS = {'ACL': {'words': 'yes'}}
