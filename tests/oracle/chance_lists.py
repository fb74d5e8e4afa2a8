# SPDX-License-Identifier: GPL-3.0-or-later
"""Random commands on lists; see chance.py."""

TEMPLATES = '''
LPUSH K +E
RPUSH K +E
RPUSH K +E:E:E:E:E:E
LPUSHX K +E
RPUSHX K +E
LPOP K ?C
RPOP K ?C
LLEN K
LINDEX K J
LSET K J E
LRANGE K J J
LRANGE K 0 -1
LTRIM K J J
LTRIM K 0 W
LREM K R E
LREM K R E
LINSERT K BEFORE|AFTER|nonsense E E
LPOS K E ?RANK:R ?COUNT:C ?MAXLEN:C
LPOS K E ?nonsense ?RANK
LMOVE K K LEFT|RIGHT|x LEFT|RIGHT
LMOVE K K LEFT|RIGHT LEFT|RIGHT
RPOPLPUSH K K
LMPOP P +K LEFT|RIGHT|x ?COUNT:C
LMPOP 1 K LEFT|RIGHT ?COUNT:C
LMPOP 2 K K LEFT|RIGHT
CONFIG SET list-max-listpack-size Z
'''


def element(maker):
    """Few that differ, so that they are found; some large."""
    chance = maker.chance
    kind = chance.random()
    if kind < 0.7:
        return chance.choice(('a', 'b', 'c', 1, 2, -3, 1000, '', '01', 'x' * 30))
    if kind < 0.9:
        return maker.value()
    return chance.choice('xyz') * chance.choice((60, 130, 4100, 9000, 70000))


FILL = {
    'E': element,
    'J': lambda maker: maker.chance.choice(
        (maker.chance.randint(-15, 15), maker.chance.randint(-5, 5), 100, -100,
         maker.integer())),
    'R': lambda maker: maker.chance.choice((0, 1, 2, -1, -2, 3, -3,
                                            maker.integer())),
    'C': lambda maker: maker.chance.choice((0, 1, 2, 3, 10, -1,
                                            maker.integer())),
    'W': lambda maker: maker.chance.randint(5, 40),
    'P': lambda maker: maker.chance.choice((1, 2, 3, 0, -1, 'x', 5)),
    'Z': lambda maker: maker.chance.choice((-2, -1, -5, 1, 3, 128)),
}
