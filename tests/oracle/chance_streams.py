# SPDX-License-Identifier: GPL-3.0-or-later
"""Random commands on streams and their groups; see chance.py.

IDs are few and small, so that they are often there; those of new entries go
up from one to the next: redis-server does not survive all that XSETID lets
one do.  What the clock picks is not asked for."""

TEMPLATES = '''
XADD Q N P:V
XADD Q N P:V
XADD Q N P:V
XADD Q N P:V
XADD Q N +P:V
XADD Q ?NOMKSTREAM ?MAXLEN:?=:C|MAXLEN:~:C|MINID:J|MINID:~:J|MAXLEN:=:C|MINID:=:J ?LIMIT:C N P:V
XADD Q J +P:V
XADD Q ?NOMKSTREAM ?MAXLEN|MINID|LIMIT|~|= J|nonsense P:V ?odd
XTRIM Q MAXLEN C
XTRIM Q MINID J
XTRIM Q MAXLEN|MINID ~ J|C ?LIMIT:C
XTRIM Q MAXLEN|MINID|nonsense ?=|~ J|C|I ?LIMIT:I
XDEL Q +J
XDEL Q J
XDEL Q +J ?nonsense
XLEN Q
XRANGE Q S E ?COUNT:C
XRANGE Q - + ?COUNT:I
XREVRANGE Q E S ?COUNT:C
XREVRANGE Q + -
XSETID Q N ?ENTRIESADDED:C ?MAXDELETEDID:J
XSETID Q J ?ENTRIESADDED:I ?MAXDELETEDID:J nonsense
XGROUP CREATE Q G J|$ ?MKSTREAM ?ENTRIESREAD:C
XGROUP CREATE Q G 0|$ MKSTREAM
XGROUP CREATE Q G 0|$|-|+|I ?MKSTREAM ?ENTRIESREAD:I ?nonsense
XGROUP SETID Q G J|$ ?ENTRIESREAD:C
XGROUP SETID Q G J|$|-|+|I ?ENTRIESREAD:I
XGROUP CREATECONSUMER Q G A
XGROUP DELCONSUMER Q G A
XGROUP DESTROY Q G
XINFO STREAM Q
XINFO STREAM Q FULL ?COUNT:C
XINFO STREAM Q FULL ?COUNT:I|nonsense
XINFO GROUPS Q
XINFO GROUPS Q
XINFO CONSUMERS Q G
XREAD ?COUNT:C STREAMS Q J
XREAD ?COUNT:C ?BLOCK:1 STREAMS Q Q J J|$
XREAD ?COUNT:I ?BLOCK:1 ?NOACK|nonsense STREAMS Q J|I|>|-
XREADGROUP GROUP G A COUNT C STREAMS Q >
XREADGROUP GROUP G A COUNT C STREAMS Q >
XREADGROUP GROUP G A ?COUNT:C ?NOACK STREAMS Q >
XREADGROUP GROUP G A ?COUNT:C STREAMS Q J
XREADGROUP GROUP G A ?COUNT:C ?BLOCK:1 ?NOACK STREAMS Q Q > J|>|$
XACK Q G +J
XACK Q G J ?nonsense
XPENDING Q G
XPENDING Q G ?IDLE:0|IDLE:1000000 S E C ?A
XPENDING Q G - + C ?A
XPENDING Q G ?IDLE:I S|I E|I I ?A ?nonsense
XCLAIM Q G A M +J ?FORCE ?JUSTID ?RETRYCOUNT:C ?IDLE:C|TIME:1000 ?LASTID:J
XCLAIM Q G A 0 +J ?FORCE ?JUSTID
XCLAIM Q G A I +J ?FORCE|nonsense ?RETRYCOUNT:I ?IDLE:I|TIME:I ?LASTID:I
XAUTOCLAIM Q G A M J|- ?COUNT:C ?JUSTID
XAUTOCLAIM Q G A M S|I ?COUNT:H ?JUSTID|nonsense
CONFIG SET stream-node-max-entries L
CONFIG SET stream-node-max-bytes B
'''


def some_id(maker):
    chance = maker.chance
    kind = chance.random()
    if kind < 0.6:
        ms = max(getattr(maker, 'stream_ms', 1) - chance.randrange(8), 0)
        return '%d-%d' % (ms, chance.randrange(3))
    if kind < 0.9:
        return str(max(getattr(maker, 'stream_ms', 1) - chance.randrange(9),
                       0))
    return chance.choice(('0', '0-0', '0-1', '18446744073709551615',
                          '18446744073709551615-18446744073709551615',
                          '18446744073709551616', '1-', '-1', '1-1-1', '+1-1',
                          '001-01', ' 1', '1--0', 'x', '', '1-*', '$'))


def new_id(maker):
    chance = maker.chance
    maker.stream_ms = getattr(maker, 'stream_ms', 0) + chance.choice((0, 1, 1))
    return '%d-%s' % (maker.stream_ms, chance.choice((0, 1, 2, '*', '*')))


def bound(edge):
    def fill(maker):
        if maker.chance.random() < 0.2:
            return edge
        return maker.chance.choice(('', '', '(')) + some_id(maker)
    return fill


def pair(maker):
    """Mostly the same fields, so that they are left out."""
    return maker.chance.choice(('f', 'f', 'f', 'field', '7'))


FILL = {
    'Q': lambda maker: 'k%d' % maker.chance.choice((0, 0, 0, 1, 2, 3)),
    'P': pair,
    'N': new_id,
    'J': some_id,
    'S': bound('-'),
    'E': bound('+'),
    'G': lambda maker: maker.chance.choice(('g', 'g', 'g', 'h', 'none')),
    'A': lambda maker: maker.chance.choice(('a', 'b', 'c')),
    'C': lambda maker: maker.chance.choice((0, 1, 1, 2, 3, 5, 10)),
    'H': lambda maker: maker.chance.choice(
        (0, -1, 1, 100, 'x', '', 2**63 // 16)),
    'M': lambda maker: maker.chance.choice((0, 0, 0, 1000000)),
    'L': lambda maker: maker.chance.choice((100, 100, 1, 2, 3, 5, 0)),
    'B': lambda maker: maker.chance.choice((4096, 4096, 0, 50, 100)),
}
MARKS = {'XPENDING': {'idle': ''}, 'XINFO': {'idle': ''}}
