# SPDX-License-Identifier: GPL-3.0-or-later
"""Random SORTs; see chance.py.  What is compared as text BY a pattern may be
equal, and then comes in any order: so that is not asked for."""

TEMPLATES = '''
RPUSH K +N
RPUSH K N N N N N
RPUSH K T
SADD K +N
SET X V
SET X N
HSET Y f N g V
SORT K ?LIMIT:O:C ?ASC|DESC ?ALPHA
SORT K BY w_* ?LIMIT:O:C ?ASC|DESC ?GET:# ?GET:w_* ?GET:h_*->f
SORT K BY h_*->f ?DESC ?LIMIT:O:C ?GET:h_*->g ?GET:h_*
SORT K ?ALPHA ?DESC ?GET:w_* STORE K
SORT_RO K ?ALPHA ?DESC ?GET:w_* ?STORE:K
LRANGE K 0 -1
'''

# Those of missing keys: sets are gone through in any order.
EVENTS_ANY_ORDER = True


def value(maker):
    """No number that is too large: redis-server takes the numbers that follow
    in other SORTs for as large, until something resets errno.  Nor a zero
    byte, with which a text ends for redis-server when it sorts."""
    while True:
        made = maker.value()
        if made != '1e5000' and '\0' not in str(made):
            return made


FILL = {
    'V': value,
    'N': lambda maker: maker.chance.randrange(-3, 12),
    'T': lambda maker: maker.chance.choice(('', 'a', '1.5', ' 2', '3 ', 'nan',
                                            '0x10', 'inf')),
    'X': lambda maker: 'w_%d' % maker.chance.randrange(-3, 12),
    'Y': lambda maker: 'h_%d' % maker.chance.randrange(-3, 12),
    'O': lambda maker: maker.chance.choice((0, 0, 1, 2, 10, -1, 'x')),
    'C': lambda maker: maker.chance.choice((0, 1, 2, 3, 10, -1)),
}
