# SPDX-License-Identifier: GPL-3.0-or-later
"""redis-py: clients that wait for an element."""

import threading
import time

import tap
from tap import case, equal, raises, until

try:
    import redis
except ImportError:
    tap.skip_all('python3-redis is not installed')

r = redis.Redis(tap.HOST, tap.PORT, decode_responses=True)


class Waiter:
    """Makes a call in a thread of its own, and knows its reply."""

    def __init__(self, method, *args, **options):
        self.client = redis.Redis(tap.HOST, tap.PORT, decode_responses=True,
                                  single_connection_client=True)
        self.id = self.client.client_id()
        before = r.info('clients')['blocked_clients']
        self.thread = threading.Thread(target=self.body,
                                       args=(method, args, options))
        self.thread.start()
        until(lambda: r.info('clients')['blocked_clients'] > before)

    def body(self, method, args, options):
        try:
            self.reply = getattr(self.client, method)(*args, **options)
        except redis.RedisError as error:
            self.reply = str(error)
        self.time = time.monotonic()

    def wait(self):
        self.thread.join(20)
        return self.reply


@case
def each_kind():
    for method, args, options, push, wanted in (
            ('blpop', ['l', 0], {}, ('rpush', 'l', 'a'), ('l', 'a')),
            ('brpop', [['k', 'l'], 20], {}, ('rpush', 'l', 'a', 'b'),
             ('l', 'b')),
            ('brpoplpush', ['l', 'm', 20], {}, ('rpush', 'l', 'c'), 'c'),
            ('blmove', ['l', 'm', 20, 'RIGHT', 'LEFT'], {},
             ('rpush', 'l', 'd'), 'd'),
            ('bzpopmin', ['z', 20], {}, ('zadd', 'z', {'x': 1, 'y': 2}),
             ('z', 'x', 1.0)),
            ('bzpopmax', [['y', 'z'], 20], {}, ('zadd', 'z', {'w': 3}),
             ('z', 'w', 3.0)),
            ('xread', [{'x': '$'}], {'block': 20000},
             ('xadd', 'x', {'f': 'v'}, '7-7'),
             [['x', [('7-7', {'f': 'v'})]]])):
        r.delete('l', 'z')
        waiter = Waiter(method, *args, **options)
        getattr(r, push[0])(*push[1:])
        equal(waiter.wait(), wanted)
    equal(r.lrange('m', 0, -1), ['d', 'c'])


@case
def first_come_first_served():
    waiters = [Waiter('blpop', 'l', 0) for _ in range(10)]
    r.rpush('l', *range(10))
    equal([waiter.wait() for waiter in waiters],
          [('l', str(n)) for n in range(10)])
    equal(r.exists('l'), 0)


@case
def timeouts():
    for seconds in 0.05, 0.3:
        start = time.monotonic()
        waiter = Waiter('blpop', 'l', seconds)
        equal(waiter.wait(), None)
        assert seconds - 0.002 <= waiter.time - start < seconds + 1
    raises(redis.ResponseError, 'timeout is negative', r.blpop, 'l', -1)


@case
def unblocked():
    waiter = Waiter('blpop', 'l', 0)
    equal(r.client_unblock(waiter.id), True)
    equal(waiter.wait(), None)
    waiter = Waiter('blpop', 'l', 0)
    equal(r.client_unblock(waiter.id, error=True), True)
    equal(waiter.wait(), 'UNBLOCKED client unblocked via CLIENT UNBLOCK')
    waiter = Waiter('blpop', 'l', 0)
    equal(r.client_kill_filter(_id=waiter.id), 1)
    waiter.wait()
    r.rpush('l', 'kept')
    equal(r.lrange('l', 0, -1), ['kept'])


@case
def in_transactions():
    equal(r.pipeline().blpop('l', 0).rpush('l', 'a', 'b').blpop('l').execute(),
          [None, 2, ('l', 'a')])
    waiter = Waiter('blpop', 'm', 0)
    r.pipeline().rpush('m', 'x').rpush('m', 'y').lpush('m', 'w').execute()
    equal(waiter.wait(), ('m', 'w'))


@case
def consumers_of_a_stream():
    r.xgroup_create('x', 'g', mkstream=True)
    waiters = [Waiter('xreadgroup', 'g', 'c%d' % n, {'x': '>'}, count=1,
                      block=20000) for n in range(3)]
    for n in range(3):
        r.xadd('x', {'n': n}, id='%d-1' % (n + 1))
    got = [waiter.wait()[0][1][0][0] for waiter in waiters]
    equal(sorted(got), ['1-1', '2-1', '3-1'])
    waiter = Waiter('xreadgroup', 'g', 'c', {'x': '>'}, block=0)
    r.delete('x')
    assert 'NOGROUP' in waiter.wait() or 'UNBLOCKED' in waiter.wait()


tap.run(before=r.flushall)
