# SPDX-License-Identifier: GPL-3.0-or-later
"""Random commands on sets; see chance.py."""

TEMPLATES = '''
SADD K +E
SADD K +E
SADD K +N
SADD K W
SREM K +E
SREM K +N
SREM K W
SCARD K
SISMEMBER K E
SMISMEMBER K +E
SMOVE K K E
SMOVE K K N
SMEMBERS K
SPOP K ; DEL K!
SPOP K 2 ; DEL K!
SPOP K C ; DEL K!
SPOP K 1000
SRANDMEMBER K
SRANDMEMBER K C
SRANDMEMBER K 1000
SRANDMEMBER K 3 C
SINTER +K
SINTERSTORE K +K
SINTERCARD 1|2|3|I K K ?K ?LIMIT:C
SINTERCARD 2 K K ?LIMIT:C|nonsense
SUNION +K
SUNIONSTORE K +K
SDIFF +K
SDIFFSTORE K +K
SSCAN K 0 COUNT 100000 ?MATCH:J
SSCAN K 0 COUNT 100000 ?MATCH:J ?COUNT:0|COUNT:x|MATCH|nonsense
SSCAN K x
OBJECT ENCODING K
CONFIG SET set-max-intset-entries 0|3|12|512
'''


def element(maker):
    if maker.chance.random() < 0.1:
        return maker.value()
    return maker.chance.choice(('m%d', '%d')) % maker.chance.randrange(20)


def integer(maker):
    """Mostly few different ones, of any width."""
    chance = maker.chance
    return chance.choice((1, 1, 1, 1000, 100000, 2**40)) * \
        chance.randint(-3, 6)


FILL = {
    'E': element,
    'N': integer,
    'W': lambda maker: 'x' * maker.chance.choice((1, 64, 254, 255, 300)),
    'C': lambda maker: maker.chance.choice((0, 1, 2, 5, 1000, -1, -9, 2**63, -2**63, 'x')),
    'J': lambda maker: maker.chance.choice(('*', 'm*', '1?', '[1-3]*', 'no')),
}
ANY_ORDER = {'any-order': ''}
MARKS = {
    'SMEMBERS': ANY_ORDER,
    'SINTER': ANY_ORDER,
    'SUNION': ANY_ORDER,
    'SDIFF': ANY_ORDER,
    'SSCAN': {'shape': ''},
    'SPOP': {'shape': ''},
    'SRANDMEMBER': {'shape': ''},
}
