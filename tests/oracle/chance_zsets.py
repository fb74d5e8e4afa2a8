# SPDX-License-Identifier: GPL-3.0-or-later
"""Random commands on sorted sets; see chance.py.  Ranges by the bytes of
members are asked only of keys whose members all have one score: others have
no defined order."""

TEMPLATES = '''
ZADD K +Q:N
ZADD K +Q:N
ZADD K +Q:N:Q:N:Q:N:Q:N:Q:N
ZADD K ?NX|XX ?GT|LT ?CH ?INCR +Q:N
ZADD K ?CH ?XX|GT|LT +Q:N ?N
ZADD K NX|XX|GT|LT INCR Q N
ZINCRBY K Q N
ZREM K +N
ZCARD K
ZSCORE K N
ZMSCORE K +N
ZRANK K N
ZREVRANK K N
ZCOUNT K R R
ZRANGE K I I ?WITHSCORES
ZRANGE K J J ?REV ?WITHSCORES ?LIMIT:J:J
ZRANGE K R R BYSCORE ?REV ?LIMIT:J:J ?WITHSCORES
ZRANGE K R R ?BYSCORE ?REV ?WITHSCORES ?nonsense
ZRANGEBYSCORE K R R ?WITHSCORES ?LIMIT:J:J
ZREVRANGE K J J ?WITHSCORES
ZREVRANGEBYSCORE K R R ?WITHSCORES ?LIMIT:J:J
ZRANGESTORE K K J J ?REV
ZRANGESTORE K K R R BYSCORE ?REV ?LIMIT:J:J
ZREMRANGEBYRANK K J J
ZREMRANGEBYSCORE K R R
ZPOPMIN K ?J
ZPOPMAX K ?J
ZPOPMIN K I
ZMPOP 2 K K MIN|MAX ?COUNT:J
ZMPOP J K K MIN|MAX|nonsense ?COUNT:I
BZPOPMIN K K 0.01
BZPOPMAX K 0.01
BZMPOP 0.01 2 K K MIN|MAX ?COUNT:J
BZMPOP 0.01|x|-1 J K K MIN|MAX
ZUNION 2 K K ?WEIGHTS:Q:Q ?AGGREGATE:SUM|AGGREGATE:MIN|AGGREGATE:MAX ?WITHSCORES
ZINTER 2 K K ?WEIGHTS:Q:Q ?AGGREGATE:SUM|AGGREGATE:MIN|AGGREGATE:MAX ?WITHSCORES
ZDIFF 2 K K ?WITHSCORES
ZDIFF 3 K K K ?WITHSCORES ?nonsense
ZINTERCARD 2 K K ?LIMIT:J
ZUNIONSTORE K 2 K K ?WEIGHTS:Q:Q ?AGGREGATE:SUM|AGGREGATE:MIN|AGGREGATE:MAX
ZUNIONSTORE K 3 K K K ?WEIGHTS:1:2:3 ?WITHSCORES
ZINTERSTORE K 2 K K ?WEIGHTS:Q:Q ?AGGREGATE:SUM|AGGREGATE:MIN|AGGREGATE:MAX
ZDIFFSTORE K 2 K K
ZUNION J K K ?WEIGHTS:Q:Q ?WITHSCORES
ZRANDMEMBER K
ZRANDMEMBER K J ?WITHSCORES
ZRANDMEMBER K I ?nonsense
ZSCAN K 0 COUNT 1000
ZSCAN K x|0|1x COUNT 1000|0|x ?MATCH:G ?TYPE:zset
OBJECT ENCODING K
SADD K +N
SADD K +N
COPY K K REPLACE
CONFIG SET zset-max-listpack-entries A
CONFIG SET zset-max-listpack-value B
ZADD X +0:N
ZADD X +0:N
ZREM X N
ZRANGEBYLEX X Y Y ?LIMIT:J:J ?WITHSCORES
ZREVRANGEBYLEX X Y Y ?LIMIT:J:J
ZRANGE X Y Y BYLEX ?REV ?LIMIT:J:J
ZRANGE X Y Y BYLEX ?BYSCORE ?WITHSCORES
ZRANGESTORE X X Y Y BYLEX ?REV ?LIMIT:J:J
ZLEXCOUNT X Y Y
ZREMRANGEBYLEX X Y Y
OBJECT ENCODING X
'''


def member(maker):
    chance = maker.chance
    if chance.random() < 0.8:
        return chance.choice(('m%d', '%d', '-%d')) % chance.randrange(20)
    return maker.value()


def score(maker):
    chance = maker.chance
    if chance.random() < 0.6:
        return chance.randint(-5, 9)
    return chance.choice(
        ('0', '-0', '1.5', '-2.5', '0.1', '0.2', '1e3', 'inf', '-inf', '+inf',
         '1e15', '1e17', '4503599627370496', '9007199254740993', '1e300',
         '5e-324', '3.0', '0x10', 'nan', 'x', '', ' 1', '1 '))


def bound(maker):
    chance = maker.chance
    return chance.choice(('', '', '(')) + str(
        score(maker) if chance.random() < 0.7
        else chance.choice(('-inf', '+inf')))


def lex_bound(maker):
    chance = maker.chance
    if chance.random() < 0.3:
        return chance.choice(('-', '+', '-', '+', '', 'x', '-x', '(', '['))
    return chance.choice('([') + str(member(maker))


FILL = {
    'N': member,
    'Q': score,
    'R': bound,
    'J': lambda maker: maker.chance.choice(
        (0, 0, 1, 2, 3, 5, 10, -1, -1, -2, -4, -10, 'x')),
    'X': lambda maker: 'x%d' % maker.chance.randrange(3),
    'Y': lex_bound,
    'A': lambda maker: maker.chance.choice((0, 1, 3, 10, 128)),
    'B': lambda maker: maker.chance.choice((0, 2, 64, 64)),
}
MARKS = {
    'ZRANDMEMBER': {'shape': ''},
    'ZSCAN': {'any-order': ''},
}
