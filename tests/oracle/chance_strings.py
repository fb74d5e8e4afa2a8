# SPDX-License-Identifier: GPL-3.0-or-later
"""Random commands on strings and bitmaps; see chance.py."""

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
'''


def encoding(maker):
    return maker.chance.choice('ui') + str(maker.chance.choice(
        (1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 31, 32, 33, 62, 63, 64, 65, 0)))


def place(maker):
    return maker.chance.choice(('', '', '#')) + str(maker.chance.choice(
        (0, 1, 2, 3, 7, 8, 9, 15, 16, 31, 33, 64, 100, 1000, -1)))


FILL = {
    'O': lambda maker: maker.chance.choice(
        (0, 1, 2, 5, 7, 8, 9, 31, 100, 1000, 70000, -1, 2**32, 'x')),
    'B': lambda maker: maker.chance.choice((0, 1, 0, 1, 0, 1, 2, -1, 'x')),
    'E': encoding,
    'P': place,
}
