# SPDX-License-Identifier: GPL-3.0-or-later
"""Random commands on hashes; see chance.py."""

TEMPLATES = '''
HSET K +A:V
HSET K +A:V
HSET K +A:W
HSET K A V A
HMSET K +A:V
HMSET K A
HSETNX K A V
HSETNX K A W
HDEL K +A
HDEL K W
HGET K A
HMGET K +A
HGETALL K
HKEYS K
HVALS K
HLEN K
HSTRLEN K A
HEXISTS K A
HINCRBY K A I
HINCRBY K A I
HINCRBYFLOAT K A F
HINCRBYFLOAT K A F
HRANDFIELD K
HRANDFIELD K C ?WITHVALUES
HRANDFIELD K 1000 ?WITHVALUES
HRANDFIELD K C nonsense
HSCAN K 0 COUNT 100000 ?MATCH:J
HSCAN K 0 COUNT 100000 ?MATCH:J ?COUNT:0|COUNT:x|MATCH|nonsense
HSCAN K x
OBJECT ENCODING K
CONFIG SET hash-max-listpack-entries 0|2|12|512
CONFIG SET hash-max-ziplist-value 0|2|64|1000
'''

FILL = {
    'A': lambda maker: maker.chance.choice(
        ('', 'a', 'b', 'c', 'name', '1', '-2', '70000', '01', 'f' * 70)
        + tuple('f%d' % i for i in range(8))),
    'W': lambda maker: 'x' * maker.chance.choice((1, 64, 65, 254, 255, 300)),
    'C': lambda maker: maker.chance.choice(
        (0, 1, 2, 5, 1000, -1, -9, 2**63, -2**63, 2**62, 'x')),
    'J': lambda maker: maker.chance.choice(('*', 'f*', '?', '[1-3]*', 'no')),
}
ANY_ORDER = {'any-order': ''}
MARKS = {
    'HGETALL': ANY_ORDER,
    'HKEYS': ANY_ORDER,
    'HVALS': ANY_ORDER,
    'HSCAN': {'shape': ''},
    'HRANDFIELD': {'shape': ''},
}
