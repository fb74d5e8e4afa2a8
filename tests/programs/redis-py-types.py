# SPDX-License-Identifier: GPL-3.0-or-later
"""redis-py: every data type, small and large."""

import tap
from tap import case, equal, raises

try:
    import redis
except ImportError:
    tap.skip_all('python3-redis is not installed')

r = redis.Redis(tap.HOST, tap.PORT, decode_responses=True)


@case
def lists():
    equal(r.rpush('l', 'a', 'b', 'c'), 3)
    equal(r.lpush('l', 'z'), 4)
    equal(r.lpushx('none', 'z'), 0)
    equal(r.lrange('l', 0, -1), ['z', 'a', 'b', 'c'])
    equal(r.linsert('l', 'before', 'b', 'x'), 5)
    equal(r.lpos('l', 'x'), 2)
    equal((r.lindex('l', -1), r.llen('l')), ('c', 5))
    equal(r.lset('l', 0, 'Z'), True)
    equal(r.lrem('l', 1, 'x'), 1)
    equal(r.lmove('l', 'm', 'LEFT', 'RIGHT'), 'Z')
    equal(r.rpoplpush('l', 'm'), 'c')
    equal(r.lrange('m', 0, -1), ['c', 'Z'])
    equal(r.lpop('l', 5), ['a', 'b'])
    equal(r.exists('l'), 0)
    equal(r.rpop('m'), 'Z')
    equal(r.execute_command('LMPOP', 2, 'l', 'm', 'LEFT'), ['m', ['c']])
    raises(redis.ResponseError, 'no such key', r.lset, 'l', 0, 'a')


@case
def long_list():
    r.rpush('l', *range(50000))
    equal(r.lrange('l', 25000, 25002), ['25000', '25001', '25002'])
    equal(r.ltrim('l', 100, -101), True)
    equal((r.llen('l'), r.lindex('l', 0), r.lindex('l', -1)),
          (49800, '100', '49899'))
    equal(r.object('encoding', 'l'), 'quicklist')


@case
def hashes():
    equal(r.hset('h', mapping={'a': 1, 'b': 'zwei', 'c': 2.5}), 3)
    equal(r.hset('h', 'a', 2), 0)
    equal(r.hsetnx('h', 'a', 3), False)
    equal(r.hgetall('h'), {'a': '2', 'b': 'zwei', 'c': '2.5'})
    equal(r.hmget('h', 'a', 'none', 'b'), ['2', None, 'zwei'])
    equal((r.hincrby('h', 'a', 40), r.hincrbyfloat('h', 'c', 0.5)), (42, 3.0))
    equal((sorted(r.hkeys('h')), r.hlen('h')), (['a', 'b', 'c'], 3))
    equal(sorted(r.hvals('h')), ['3', '42', 'zwei'])
    equal((r.hexists('h', 'b'), r.hstrlen('h', 'b')), (True, 4))
    assert r.hrandfield('h') in 'abc'
    equal(len(r.hrandfield('h', -10, withvalues=True)), 20)
    equal(r.hdel('h', 'a', 'b', 'c', 'd'), 3)
    equal(r.exists('h'), 0)
    raises(redis.ResponseError, 'hash value is not an integer',
           r.pipeline().hset('h', 'x', 'y').hincrby('h', 'x').execute)


@case
def large_hash():
    want = {'field:%d' % n: str(n) for n in range(20000)}
    r.hset('h', mapping=want)
    equal(r.hgetall('h'), want)
    equal(dict(r.hscan_iter('h', count=500)), want)
    equal(dict(r.hscan_iter('h', match='*:1999?')),
          {'field:%d' % n: str(n) for n in range(19990, 20000)})
    equal(r.object('encoding', 'h'), 'hashtable')


@case
def sets():
    equal(r.sadd('s', 'a', 'b', 'c', 'a'), 3)
    r.sadd('t', 'b', 'c', 'd')
    equal(r.sinter('s', 't'), {'b', 'c'})
    equal(r.sunion('s', 't'), set('abcd'))
    equal(r.sdiff('s', 't'), {'a'})
    equal((r.sinterstore('i', 's', 't'), r.sunionstore('u', 's', 't'),
           r.sdiffstore('d', 's', 't')), (2, 4, 1))
    equal(r.sintercard(2, ['s', 't'], limit=1), 1)
    equal((r.scard('u'), r.sismember('u', 'd')), (4, True))
    equal(r.smismember('s', 'a', 'd'), [1, 0])
    equal(r.smove('s', 't', 'a'), True)
    equal(r.smembers('t'), set('abcd'))
    equal(r.spop('d'), 'a')
    equal(r.exists('d'), 0)
    equal(len(r.spop('t', 3)), 3)
    equal(len(r.srandmember('u', -9)), 9)
    equal(r.srem('u', 'a', 'x'), 1)
    r.sadd('n', *range(100))
    equal(r.object('encoding', 'n'), 'intset')


@case
def large_set():
    r.sadd('s', *('m%d' % n for n in range(30000)))
    r.sadd('t', *('m%d' % n for n in range(15000, 45000)))
    equal(len(set(r.sscan_iter('s', count=1000))), 30000)
    equal(len(r.sinter('s', 't')), 15000)
    equal(len(r.sdiff('s', 't')), 15000)
    equal(r.sunionstore('u', 's', 't'), 45000)


@case
def sorted_sets():
    equal(r.zadd('z', {'a': 1, 'b': 2, 'c': 3.5}), 3)
    equal(r.zadd('z', {'a': 5}, gt=True, ch=True), 1)
    equal(r.zadd('z', {'a': 1}, incr=True), 6.0)
    equal(r.zrange('z', 0, -1, withscores=True),
          [('b', 2.0), ('c', 3.5), ('a', 6.0)])
    equal(r.zrangebyscore('z', '(2', '+inf'), ['c', 'a'])
    equal(r.zrevrangebyscore('z', 6, 2, start=1, num=1), ['c'])
    equal(r.zrange('z', 'inf', '-inf', desc=True, byscore=True,
                   offset=0, num=2), ['a', 'c'])
    equal((r.zrank('z', 'a'), r.zrevrank('z', 'a'), r.zscore('z', 'c')),
          (2, 0, 3.5))
    equal((r.zcount('z', 2, 4), r.zcard('z')), (2, 3))
    equal(r.zincrby('z', -1, 'a'), 5.0)
    equal(r.zmscore('z', ['a', 'none']), [5.0, None])
    r.zadd('y', {'b': 10, 'd': 1})
    equal(r.zunion(['z', 'y'], withscores=True, aggregate='MAX'),
          [('d', 1.0), ('c', 3.5), ('a', 5.0), ('b', 10.0)])
    equal(r.zinterstore('i', {'z': 2, 'y': 1}), 1)
    equal(r.zscore('i', 'b'), 14.0)
    equal(r.zdiff(['z', 'y']), ['c', 'a'])
    equal(r.zrangestore('copy', 'z', 0, 1), 2)
    equal(r.zpopmin('z'), [('b', 2.0)])
    equal(r.zpopmax('z', 5), [('a', 5.0), ('c', 3.5)])
    equal(r.exists('z'), 0)
    r.zadd('lex', dict.fromkeys('abcdef', 0))
    equal(r.zrangebylex('lex', '[b', '(e'), ['b', 'c', 'd'])
    equal((r.zlexcount('lex', '-', '+'), r.zremrangebylex('lex', '-', '(c')),
          (6, 2))
    equal(r.zremrangebyrank('lex', 0, 0), 1)


@case
def leader_board():
    for start in range(0, 50000, 5000):
        r.zadd('board', {'player:%d' % n: n * 7919 % 50000
                         for n in range(start, start + 5000)})
    ranks = sorted(range(50000), key=lambda n: n * 7919 % 50000)
    for n in 0, 1, 777, 49999:
        equal(r.zrank('board', 'player:%d' % n), ranks.index(n))
    equal(r.zrevrange('board', 0, 2),
          ['player:%d' % n for n in ranks[:-4:-1]])
    equal(len(dict(r.zscan_iter('board', count=1000))), 50000)
    equal(r.zremrangebyscore('board', '-inf', '(49990'), 49990)
    equal(r.zcard('board'), 10)


@case
def streams():
    first = r.xadd('x', {'n': 1, 'who': 'me'}, id='1-1')
    equal(first, '1-1')
    for n in range(2, 11):
        r.xadd('x', {'n': n}, id='%d-0' % n)
    equal(r.xlen('x'), 10)
    equal(r.xrange('x', count=1), [('1-1', {'n': '1', 'who': 'me'})])
    equal(r.xrevrange('x', '3', '2'),
          [('3-0', {'n': '3'}), ('2-0', {'n': '2'})])
    equal(r.xread({'x': '9-0'}), [['x', [('10-0', {'n': '10'})]]])
    equal(r.xtrim('x', maxlen=8, approximate=False), 2)
    equal(r.xdel('x', '3-0', '4-0'), 2)
    raises(redis.ResponseError, 'equal or smaller', r.xadd, 'x', {'n': 0},
           id='1-0')
    equal(r.xinfo_stream('x')['last-generated-id'], '10-0')


@case
def consumer_groups():
    for n in range(1, 7):
        r.xadd('x', {'n': n}, id='%d-0' % n)
    equal(r.xgroup_create('x', 'g', id='0'), True)
    raises(redis.ResponseError, 'BUSYGROUP', r.xgroup_create, 'x', 'g')
    got = r.xreadgroup('g', 'anne', {'x': '>'}, count=4)
    equal([entry for entry, _ in got[0][1]], ['1-0', '2-0', '3-0', '4-0'])
    got = r.xreadgroup('g', 'bob', {'x': '>'})
    equal([entry for entry, _ in got[0][1]], ['5-0', '6-0'])
    equal(r.xack('x', 'g', '1-0', '5-0', '9-0'), 2)
    pending = r.xpending('x', 'g')
    equal((pending['pending'], pending['min'], pending['max']),
          (4, '2-0', '6-0'))
    equal([p['message_id'] for p in r.xpending_range(
        'x', 'g', '-', '+', 10, consumername='anne')], ['2-0', '3-0', '4-0'])
    equal(r.xclaim('x', 'g', 'bob', 0, ['2-0'], justid=True), ['2-0'])
    equal([e for e, _ in r.xautoclaim('x', 'g', 'carl', 0, start_id='3-0',
                                      count=1)[1]], ['3-0'])
    equal({c['name']: c['pending'] for c in r.xinfo_consumers('x', 'g')},
          {'anne': 1, 'bob': 2, 'carl': 1})
    equal(r.xinfo_groups('x')[0]['last-delivered-id'], '6-0')
    equal(r.xgroup_delconsumer('x', 'g', 'bob'), 2)
    equal(r.xgroup_destroy('x', 'g'), 1)


@case
def hyperloglogs():
    r.pfadd('p', *range(10000))
    r.pfadd('q', *range(5000, 15000))
    assert abs(r.pfcount('p') - 10000) < 300
    assert abs(r.pfcount('p', 'q') - 15000) < 450
    equal(r.pfmerge('both', 'p', 'q'), True)
    equal(r.pfcount('both'), r.pfcount('p', 'q'))


@case
def places():
    r.geoadd('Sicily', (13.361389, 38.115556, 'Palermo',
                        15.087269, 37.502669, 'Catania'))
    equal(r.geodist('Sicily', 'Palermo', 'Catania', 'km'), 166.2742)
    equal(r.geohash('Sicily', 'Palermo'), ['sqc8b49rny0'])
    equal(r.geosearch('Sicily', longitude=15, latitude=37, radius=200,
                      unit='km', sort='ASC'), ['Catania', 'Palermo'])
    equal(r.geosearchstore('near', 'Sicily', member='Catania', radius=10,
                           unit='km'), 1)
    position = r.geopos('Sicily', 'Palermo', 'Roma')
    assert abs(position[0][0] - 13.361389) < 1e-5 and position[1] is None


@case
def sorting():
    r.rpush('l', 3, 1, 2)
    r.mset({'w1': 30, 'w2': 20, 'w3': 10, 'n1': 'one', 'n2': 'two',
            'n3': 'three'})
    equal(r.sort('l', desc=True), ['3', '2', '1'])
    equal(r.sort('l', by='w*', get=['#', 'n*'], groups=True),
          [('3', 'three'), ('2', 'two'), ('1', 'one')])
    equal(r.sort('l', store='sorted'), 3)
    equal(r.lrange('sorted', 0, -1), ['1', '2', '3'])


@case
def dumps():
    raw = redis.Redis(tap.HOST, tap.PORT)
    raw.rpush('list', *range(1000))
    raw.hset('hash', mapping={b'\0': b'\xff', 'k': 'v' * 60})
    raw.sadd('set', 1, 2, 3)
    raw.zadd('zset', {'a': 1.5, 'b': float('inf')})
    raw.xadd('stream', {'k': 'v'}, id='5-5')
    raw.set('string', 'x' * 1000)
    for key in raw.keys():
        dump = raw.dump(key)
        equal(raw.restore(b'copy:' + key, 60000, dump), b'OK')
        equal(raw.dump(b'copy:' + key), dump)
        raises(redis.ResponseError, 'BUSYKEY', raw.restore, key, 0, dump)
        raises(redis.ResponseError, 'DUMP payload version or checksum',
               raw.restore, 'bad', 0, dump[:-1])
        assert 0 < raw.pttl(b'copy:' + key) <= 60000
    equal(raw.hgetall('copy:hash'), {b'\0': b'\xff', b'k': b'v' * 60})


@case
def wrong_types():
    r.set('string', 1)
    r.rpush('list', 1)
    for method, *args in (
            (r.lpush, 'string', 1), (r.hget, 'string', 'f'),
            (r.sadd, 'list', 1), (r.zscore, 'list', 'm'), (r.get, 'list'),
            (r.xlen, 'list'), (r.pfcount, 'list'), (r.incr, 'list')):
        raises(redis.ResponseError, 'WRONGTYPE', method, *args)


tap.run(before=r.flushall)
