# SPDX-License-Identifier: GPL-3.0-or-later
"""Random commands for two servers.  A sequence whose replies differ is made
as short as it can be before it is printed, so that what it needs is seen.

A template is a command with words to fill in: see FILL.  "?" before a word
leaves it out now and then, "|" separates alternatives, ":" joins words that
go together, "+" repeats one up to four times."""

import random
import re

import compare

ROUND = 250
SHRINK_TRIES = 400
NEAR = {'TTL': 2, 'EXPIRETIME': 2, 'PTTL': 2000, 'PEXPIRETIME': 2000,
        'IDLETIME': 2}

TEMPLATES = '''
SET K V
SET K V ?NX|XX ?GET ?EX:S|PX:M|EXAT:L|PXAT:N|KEEPTTL
SET K V ?EX:I ?NX|XX|GET|KEEPTTL|nonsense ?PX:M
GET K
GETDEL K
GETEX K ?EX:S|PX:M|EXAT:L|PXAT:N|PERSIST|EX:I|nonsense
GETSET K V
GETRANGE K I I
SUBSTR K I I
SETRANGE K O V
STRLEN K
APPEND K V
INCR K
DECR K
INCRBY K I
DECRBY K I
INCRBYFLOAT K F
SETNX K V
SETEX K S V
PSETEX K M V
SETEX K I V
MSET +K:V
MSETNX +K:V
MGET +K
LCS K K ?LEN|IDX ?MINMATCHLEN:I ?WITHMATCHLEN
SETBIT K O B
GETBIT K O
BITCOUNT K ?I:I|I:I:BYTE|I:I:BIT|I
BITPOS K B ?I|I:I|I:I:BYTE|I:I:BIT
BITOP AND|OR|XOR K +K
BITOP NOT K K ?K
BITFIELD K +GET:E:P|SET:E:P:I|INCRBY:E:P:I|OVERFLOW:WRAP|OVERFLOW:SAT|OVERFLOW:FAIL
BITFIELD K +SET:E:P:I|INCRBY:E:P:I
BITFIELD_RO K +GET:E:P ?SET:E:P:I
COPY K K ?DB:D ?REPLACE
DEL +K
UNLINK +K
EXISTS +K
TOUCH +K
EXPIRE K S ?NX|XX|GT|LT ?NX|XX|GT|LT
PEXPIRE K M ?NX|XX|GT|LT
EXPIREAT K T ?NX|XX|GT|LT
PEXPIREAT K U ?NX|XX|GT|LT
EXPIRE K I
PEXPIREAT K I
PERSIST K
TTL K
PTTL K
EXPIRETIME K
PEXPIRETIME K
TYPE K
OBJECT ENCODING K
MOVE K D
RENAME K K
RENAMENX K K
KEYS G
DBSIZE
RANDOMKEY
SELECT D
SWAPDB D D
FLUSHDB ?ASYNC|SYNC
MULTI
EXEC
EXEC
DISCARD
WATCH +K
UNWATCH
'''.strip().split('\n')

INTEGERS = (0, 1, -1, 2, 7, 8, -8, 31, 63, 64, 100, 255, 256, 9999, 10000,
            2**31 - 1, 2**31, 2**32, 2**53, 2**63 - 1, -2**63, 2**63, -2**63 - 1,
            2**64, '', 'x', '1x', ' 1', '+1', '01', '-0', '1.0', '1e3')
FLOATS = ('0', '1', '-1', '3.14', '-2.5', '1e3', '0.1', '1e-5', '5.0e3',
          '1e300', '1e308', '-1e308', '17179869184', '3.0', '1e17', '1e18',
          '123456789.123456789', 'inf', '-inf', 'nan', '', 'x', ' 1', '1 ',
          '0x10', '.5', '5.', '+1', '1e5000')
TEXTS = ('', 'a', 'foo', 'foobar', 'hello world', 'ab' * 20, 'x' * 44,
         'x' * 45, '\0', '\xff\xf0\0', 'mynewtext', 'ohmytext', '\r\n',
         '\x80\x7f' * 9, '%', '\u00e9')
GLOBS = ('*', 'k?', 'k[1-3]', 'k[^1]', '*1*', 'nothing', 'k\\1', '[', '')


class Maker:
    """Makes the commands that follow from a seed."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.in_multi = False

    def integer(self):
        chance = self.chance
        if chance.random() < 0.5:
            return chance.randint(-12, 40)
        return chance.choice(INTEGERS)

    def value(self):
        chance = self.chance
        kind = chance.random()
        if kind < 0.4:
            return self.integer()
        if kind < 0.5:
            return chance.choice(FLOATS)
        if kind < 0.9:
            return chance.choice(TEXTS)
        return ''.join(chr(chance.randrange(256))
                       for _ in range(chance.randrange(200)))

    def encoding(self):
        return self.chance.choice('ui') + str(self.chance.choice(
            (1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 31, 32, 33, 62, 63, 64, 65,
             0)))

    def place(self):
        return self.chance.choice(('', '', '#')) + str(self.chance.choice(
            (0, 1, 2, 3, 7, 8, 9, 15, 16, 31, 33, 64, 100, 1000, -1)))

    def fill(self, word):
        chance = self.chance
        if word in FILL:
            return FILL[word](self)
        return chance.choice((word, word.lower())) if word.isupper() else word

    def words(self, part):
        """What one word of a template becomes."""
        chance = self.chance
        if part.startswith('?'):
            return self.words(part[1:]) if chance.random() < 0.4 else []
        if part.startswith('+'):
            return [word for _ in range(chance.randint(1, 4))
                    for word in self.words(part[1:])]
        return [self.fill(word)
                for word in chance.choice(part.split('|')).split(':')]

    def command(self):
        while True:
            parts = self.chance.choice(TEMPLATES).split()
            if not self.in_multi or parts[0] not in HARD_TO_COMPARE:
                break
        if parts[0] in ('MULTI', 'EXEC', 'DISCARD'):
            self.in_multi = parts[0] == 'MULTI'
        command = [parts[0]]
        for part in parts[1:]:
            command += self.words(part)
        return [str(word).encode('latin1') for word in command]


# In a transaction only what is the same on both servers can be compared.
HARD_TO_COMPARE = ('KEYS', 'RANDOMKEY', 'OBJECT', 'TTL', 'PTTL', 'EXPIRETIME',
                   'PEXPIRETIME')
FILL = {
    'K': lambda self: 'k%d' % self.chance.randrange(8),
    'V': Maker.value,
    'I': Maker.integer,
    'F': lambda self: self.chance.choice(FLOATS),
    'O': lambda self: self.chance.choice(
        (0, 1, 2, 5, 7, 8, 9, 31, 100, 1000, 70000, -1, 2**32, 'x')),
    'B': lambda self: self.chance.choice((0, 1, 0, 1, 0, 1, 2, -1, 'x')),
    'E': Maker.encoding,
    'P': Maker.place,
    'D': lambda self: self.chance.choice((0, 0, 0, 1, 2, 15, 16, -1, 'x')),
    'G': lambda self: self.chance.choice(GLOBS),
    'S': lambda self: self.chance.choice((1000, 2000, 5000, 100000)),
    'M': lambda self: self.chance.choice((900000, 2000000, 5000000)),
    'L': lambda self: self.chance.choice((5000000000, 6000000000)),
    'N': lambda self: self.chance.choice((5000000000000, 6000000000123)),
    'T': lambda self: self.chance.choice((5000000000, 6000000000, 1)),
    'U': lambda self: self.chance.choice((5000000000000, 6000000000123, 1)),
}


def marks(command):
    name = command[0].decode().upper()
    if name == 'OBJECT' and len(command) > 1:
        name = command[1].decode('latin1').upper()
    if name in NEAR:
        return {'near': NEAR[name]}
    return {'KEYS': {'any-order': ''}, 'RANDOMKEY': {'shape': ''}}.get(name,
                                                                       {})


def replies(client, commands):
    """The replies to commands on an empty keyspace."""
    before = ([b'DISCARD'], [b'UNWATCH'], [b'SELECT', b'0'], [b'FLUSHALL'])
    client.send_bytes(b''.join(encode(command)
                               for command in [*before, *commands]))
    for _ in before:
        client.read_bytes()
    return [client.read_bytes() for _ in commands]


def encode(command):
    return b'*%d\r\n' % len(command) + b''.join(
        b'$%d\r\n%s\r\n' % (len(word), word) for word in command)


def difference(redis, coffer, commands):
    """(which, redis's reply, cofferd's) of the first that differ."""
    for at, (one, other) in enumerate(zip(replies(redis, commands),
                                          replies(coffer, commands))):
        if not compare.agree(one, other, marks(commands[at])):
            return at, one, other
    return None


def shrink(redis, coffer, commands):
    """The shortest sequence found that still makes a difference."""
    size = len(commands) // 2
    tries = 0
    while size and tries < SHRINK_TRIES:
        at = 0
        while at < len(commands) and tries < SHRINK_TRIES:
            shorter = commands[:at] + commands[at + size:]
            tries += 1
            found = difference(redis, coffer, shorter)
            if found:
                commands = shorter[:found[0] + 1]
            else:
                at += size
        size //= 2
    return commands


def printed(word):
    text = repr(word)[2:-1]
    return text if re.match(r'[!-~]+\Z', text) else '"%s"' % text


def run(redis, coffer, seed, count):
    """Compare COUNT random commands; how many agreed and how many rounds
    did not."""
    maker = Maker(seed)
    passed = failed = 0
    for _ in range(0, count, ROUND):
        commands = [maker.command() for _ in range(ROUND)]
        maker.in_multi = False
        found = difference(redis, coffer, commands)
        if not found:
            passed += ROUND
            continue
        failed += 1
        commands = shrink(redis, coffer, commands[:found[0] + 1])
        at, one, other = difference(redis, coffer, commands) or found
        print('random, seed %d:' % seed)
        for command in commands:
            print('  ' + ' '.join(printed(word) for word in command))
        print('  redis   %r\n  cofferd %r' % (one, other))
    return passed, failed
