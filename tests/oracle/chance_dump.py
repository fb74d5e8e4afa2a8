# SPDX-License-Identifier: GPL-3.0-or-later
"""Random values whose serialization is compared byte for byte; see chance.py.
So sets have numbers only, hashes and sets are never large, and no consumer of
a stream is seen: all else is up to how a table is kept, or to the clock."""

TEMPLATES = '''
RPUSH K V +V
LPUSH K +V
RPOP K
LPOP K
SADD K +N
SREM K N
HSET K F M
HSET K F M F N
HDEL K F
ZADD K S M S M
ZADD K S M
ZREM K M
XADD K I f N
XADD K I f V g V
XDEL K I
XGROUP CREATE K M 0|$|I ?MKSTREAM
XSETID K I
PFADD K +N
SETRANGE K O V
DUMP K
DUMP K
DUMP K
OBJECT ENCODING K
CONFIG SET zset-max-listpack-entries 0|3|128
CONFIG SET set-max-intset-entries 512
CONFIG SET stream-node-max-entries 2|100
RESTORE K 0 P ?REPLACE
RESTORE K 0 P REPLACE
'''

FILL = {
    'N': lambda maker: maker.chance.choice((-1, 1)) * maker.chance.randrange(
        10 ** maker.chance.choice((1, 1, 3, 5, 9, 12, 18))),
    'F': lambda maker: 'f%d' % maker.chance.randrange(6),
    'M': lambda maker: 'm%d' % maker.chance.randrange(20),
    'S': lambda maker: maker.chance.choice(
        ('1', '-2', '3.5', '0.1', 'inf', '-inf', '1e300', '12345678901')),
    'I': lambda maker: '%d-%d' % (maker.chance.randrange(1, 40),
                                  maker.chance.randrange(3)),
    'O': lambda maker: maker.chance.choice((0, 3, 100)),
    'P': lambda maker: maker.chance.choice(PAYLOADS),
}

# What redis-server 7.0.15 made of each type, and the same with damage.
PAYLOADS = [payload.decode('latin1') for payload in (
    b'\x00\x05hello\x0a\x00cr\xdfve4\x20\x0a',
    b'\x00\xc3\x09\x1e\x01aa\xe0\x11\x00\x01aa\x0a\x00Es|\xbb+d{\xbb',
    b'\x10\x14\x14\x00\x00\x00\x04\x00\x81a\x02\x01\x01\x81b\x02\x83foo'
    b'\x04\xff\x0a\x00\x02W6m\xe6\xc4\x8ay',
    b'\x12\x01\x02\xc3\x15@U\x0dU\x00\x00\x00\x03\x00\x81a\x02\x01\x01'
    b'\xe0Fx\xe0<\x00\x01H\xff\x0a\x00V_\x7fM\x8e\xb2\x06\x8b',
    b'\x0b\x14\x04\x00\x00\x00\x03\x00\x00\x00\x90\xee\xfe\xff\x01\x00'
    b'\x00\x00\x03\x00\x00\x00\x0a\x00\x09\x0e\xecI\xa6PM\x88',
    b'\x11\x14\x14\x00\x00\x00\x04\x00\x81a\x02\x01\x01\x81b\x02\x833.5'
    b'\x04\xff\x0a\x00&\xa3lG\x10\x19p\xb5',
    b'\x13\x01\x10\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00'
    b'\x00\x00\x01\x1d\x1d\x00\x00\x00\x0a\x00\x01\x01\x00\x01\x01\x01'
    b'\x81f\x02\x00\x01\x02\x01\x00\x01\x00\x01\x81v\x02\x04\x01\xff\x01'
    b'\x01\x01\x01\x01\x00\x00\x01\x01\x01g\x00\x00\x81\xff\xff\xff\xff'
    b'\xff\xff\xff\xff\x00\x00\x0a\x00\xff\x9a\xd3KH\xb2h\xce',
    b'\x10\x14\x14\x00\x00\x00\x04\x00\x81a\x02\x01\x01\x81b\x02\x83foo'
    b'\x04\xff\x0a\x00\x02W6m\xe6\xc4\x8a\x00',
    b'',
)]
