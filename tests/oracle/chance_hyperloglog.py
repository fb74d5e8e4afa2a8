# SPDX-License-Identifier: GPL-3.0-or-later
"""Random commands on HyperLogLogs; see chance.py."""

TEMPLATES = '''
PFADD K +N
PFADD K +N
PFADD K +N:N:N:N:N:N
PFADD K W
PFADD K
PFCOUNT K
PFCOUNT +K
PFMERGE K +K
PFMERGE K
PFDEBUG ENCODING|TODENSE|GETREG|DECODE|nothing K
GET K
STRLEN K
SETRANGE K O T
APPEND K T
CONFIG SET hll-sparse-max-bytes L
'''

FILL = {
    'N': lambda maker: maker.chance.randrange(
        10 ** maker.chance.randrange(1, 7)),
    'W': lambda maker: 'w' * maker.chance.randrange(100),
    'O': lambda maker: maker.chance.randrange(
        maker.chance.choice((4, 20, 100))),
    'T': lambda maker: maker.chance.choice(
        ('HYLL', 'hello', '\0', '\x80', '\x84', '\x7f\xff')),
    'L': lambda maker: maker.chance.choice((0, 20, 100, 3000, 3000, 20000)),
}
