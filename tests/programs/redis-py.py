# SPDX-License-Identifier: GPL-3.0-or-later
"""redis-py: strings, keys, pipelines, transactions, pools shared by threads."""

import threading
import time

import tap
from tap import case, equal, raises, until

try:
    import redis
    import redis.asyncio
except ImportError:
    tap.skip_all('python3-redis is not installed')

r = redis.Redis(tap.HOST, tap.PORT)
text = redis.Redis(tap.HOST, tap.PORT, decode_responses=True)


def in_threads(count, function):
    """Run @function(number) in @count threads; what one raises is raised."""
    trouble = []

    def body(number):
        try:
            function(number)
        except Exception as error:
            trouble.append(error)

    threads = [threading.Thread(target=body, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if trouble:
        raise trouble[0]


@case
def strings():
    equal(r.set('k', 'v'), True)
    equal(r.set('k', 'w', nx=True), None)
    equal(r.set('k', 'w', xx=True, get=True), b'v')
    equal(r.get('k'), b'w')
    equal(r.getset('k', b'\0\xff\r\n'), b'w')
    equal(r['k'], b'\0\xff\r\n')
    equal(r.mset({'a': 1, 'b': 2.5, 'c': 'ü'}), True)
    equal(r.mget(['a', 'none', 'b', 'c']),
          [b'1', None, b'2.5', 'ü'.encode()])
    equal(r.msetnx({'a': 3, 'd': 4}), False)
    equal(r.incr('a', 41), 42)
    equal(r.decrby('a', 2), 40)
    equal(r.incrbyfloat('b', '0.25'), 2.75)
    equal(r.append('a', 'xyz'), 5)
    equal(r.getrange('a', 1, -2), b'0xy')
    equal(r.setrange('a', 6, '!'), 7)
    equal(r.get('a'), b'40xyz\0!')
    equal(r.strlen('a'), 7)
    equal(r.getdel('a'), b'40xyz\0!')
    raises(redis.ResponseError, 'value is not an integer', r.incr, 'c')


@case
def expiry():
    r.set('k', 'v', ex=100)
    equal(r.ttl('k'), 100)
    equal(r.getex('k', px=5000), b'v')
    assert 0 < r.pttl('k') <= 5000
    r.set('k', 'w', keepttl=True)
    assert 0 < r.pttl('k') <= 5000
    equal(r.expire('k', 1000, gt=True), True)
    equal(r.expire('k', 10, nx=True), False)
    at = int(time.time()) + 60
    equal(r.expireat('k', at), True)
    equal(r.execute_command('EXPIRETIME', 'k'), at)
    equal(r.persist('k'), True)
    equal((r.ttl('k'), r.ttl('none')), (-1, -2))
    r.psetex('k', 30, 'gone soon')
    until(lambda: r.dbsize() == 0)
    equal(r.get('k'), None)


@case
def keys():
    r.mset({'user:%d' % n: n for n in range(3000)})
    r.set('other', 1)
    equal(r.dbsize(), 3001)
    equal(set(r.scan_iter('user:*', count=100)),
          {b'user:%d' % n for n in range(3000)})
    equal(len(set(r.scan_iter(_type='string'))), 3001)
    equal(sorted(r.keys('user:1?')), [b'user:1%d' % n for n in range(10)])
    equal(r.exists('user:1', 'user:1', 'none'), 2)
    equal(r.type('user:1'), b'string')
    equal(r.rename('user:1', 'first'), True)
    equal(r.renamenx('first', 'user:2'), False)
    equal(r.copy('first', 'second'), True)
    equal(r.copy('first', 'second'), False)
    equal(r.object('encoding', 'first'), b'int')
    equal(r.touch('first', 'second', 'none'), 2)
    equal(r.delete('first', 'none'), 1)
    equal(r.unlink('second', 'other'), 2)
    assert r.randomkey().startswith(b'user:')
    assert r.memory_usage('user:2') > 0


@case
def databases():
    other = redis.Redis(tap.HOST, tap.PORT, db=3)
    r.set('k', 0)
    other.set('k', 3)
    equal(r.move('k', 3), False)
    equal(r.swapdb(0, 3), True)
    equal((r.get('k'), other.get('k')), (b'3', b'0'))
    equal(other.flushdb(asynchronous=True), True)
    equal((r.dbsize(), other.dbsize()), (1, 0))


@case
def bitmaps():
    equal(r.setbit('bits', 7, 1), 0)
    equal(r.setbit('bits', 100, 1), 0)
    equal(r.getbit('bits', 7), 1)
    equal(r.bitcount('bits'), 2)
    equal(r.bitcount('bits', 0, 0), 1)
    equal(r.bitpos('bits', 1, 1), 100)
    r.set('more', b'\xff\x0f')
    equal(r.bitop('AND', 'both', 'bits', 'more'), 13)
    equal(r.get('both'), b'\x01' + b'\0' * 12)
    fields = r.bitfield('field', default_overflow='SAT')
    equal(fields.set('u8', 0, 250).incrby('u8', 0, 10).get('i4', 0).execute(),
          [0, 255, -1])


@case
def pipelines():
    with r.pipeline(transaction=False) as pipe:
        for n in range(10000):
            pipe.set('k%d' % n, n)
            pipe.get('k%d' % n)
        replies = pipe.execute()
    equal(replies, [x for n in range(10000) for x in (True, b'%d' % n)])
    pipe = r.pipeline(transaction=False).set('a', 'x').incr('a').get('a')
    replies = pipe.execute(raise_on_error=False)
    equal((replies[0], replies[2]), (True, b'x'))
    assert isinstance(replies[1], redis.ResponseError)
    big = b'x' * 20000000
    equal(r.pipeline(False).set('big', big).strlen('big').get('big').execute(),
          [True, len(big), big])


@case
def transactions():
    equal(r.pipeline().set('a', 1).incr('a').get('a').execute(),
          [True, 2, b'2'])
    pipe = r.pipeline().set('a', 'x').incr('a').set('b', 'y')
    raises(redis.ResponseError, 'Command # 2 (INCRBY a 1)', pipe.execute)
    equal(r.mget('a', 'b'), [b'x', b'y'])
    pipe = r.pipeline().execute_command('SET', 'a').set('a', 'z')
    raises(redis.exceptions.RedisError, 'wrong number of arguments',
           pipe.execute)
    equal(r.get('a'), b'x')


@case
def watched_keys():
    with r.pipeline() as pipe:
        pipe.watch('w')
        r.set('w', 'changed')
        pipe.multi()
        pipe.set('w', 'mine')
        raises(redis.WatchError, '', pipe.execute)
    equal(r.get('w'), b'changed')
    r.set('n', 0)

    def add(pipe):
        n = int(pipe.get('n'))
        pipe.multi()
        pipe.set('n', n + 1)

    in_threads(8, lambda _: [r.transaction(add, 'n') for _ in range(25)])
    equal(r.get('n'), b'200')


@case
def shared_pool():
    pool = redis.BlockingConnectionPool(max_connections=5, timeout=20,
                                        host=tap.HOST, port=tap.PORT)
    shared = redis.Redis(connection_pool=pool)

    def work(number):
        for n in range(200):
            key = '%d:%d' % (number, n)
            shared.set(key, key)
            equal(shared.get(key), key.encode())
            shared.incr('total')

    in_threads(16, work)
    equal(r.get('total'), b'3200')
    assert len(pool._connections) <= 5, pool._connections
    pool.disconnect()


@case
def unix_socket():
    local = redis.Redis(unix_socket_path=tap.SOCKET, client_name='local')
    equal(local.set('k', 'v'), True)
    equal(r.get('k'), b'v')
    names = [c['name'] for c in r.client_list()]
    assert 'local' in names, names


@case
def from_url():
    url = redis.from_url('redis://%s:%d/2?health_check_interval=1'
                         % (tap.HOST, tap.PORT))
    equal(url.set('k', 'v'), True)
    equal(url.client_info()['db'], 2)
    assert url.client_kill_filter(skipme=False, _id=url.client_id())
    equal(url.get('k'), b'v')  # on a new connection


@case
def server():
    info = r.info()
    equal(info['redis_version'], '7.0.15')
    assert info['connected_clients'] >= 1
    r.set('k', 'v')
    equal(r.info('keyspace')['db0']['keys'], 1)
    equal(r.config_get('maxmemory-policy'),
          {'maxmemory-policy': 'noeviction'})
    equal(r.config_set('slowlog-log-slower-than', 0), True)
    r.get('seen')
    assert any(b'GET seen' in entry['command'] for entry in r.slowlog_get())
    equal(r.slowlog_reset(), True)
    r.config_set('slowlog-log-slower-than', 10000)
    assert r.command_count() > 100
    equal(r.command()['get']['arity'], 2)
    equal(r.command_getkeys('MSET', 'a', 1, 'b', 2), ['a', 'b'])
    seconds, _ = r.time()
    assert abs(seconds - time.time()) < 5
    equal(r.echo('hello'), b'hello')
    equal(r.wait(0, 10), 0)


@case
def monitor():
    with r.monitor() as watcher:
        text.set('seen', 'by all')
        for event in watcher.listen():
            if event['command'].startswith('SET'):
                break
    equal(event['command'], 'SET seen by all')
    equal(event['db'], 0)


@case
def asynchronous():
    import asyncio

    async def work(client, number):
        for _ in range(20):
            await client.incr('sum', number)
        async with client.pipeline(transaction=True) as pipe:
            replies = await pipe.set(number, 'x').get(number).execute()
        equal(replies, [True, b'x'])

    async def main():
        client = redis.asyncio.Redis(host=tap.HOST, port=tap.PORT)
        await asyncio.gather(*(work(client, n) for n in range(50)))
        await client.close()
        await client.connection_pool.disconnect()

    asyncio.run(main())
    equal(r.get('sum'), b'%d' % (20 * sum(range(50))))


tap.run(before=r.flushall)
