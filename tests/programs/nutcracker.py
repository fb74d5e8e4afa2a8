# SPDX-License-Identifier: GPL-3.0-or-later
"""twemproxy spreads keys over two servers, which redis-py sees as one."""

import os
import shutil
import socket
import subprocess

import tap
from tap import case, equal, until

try:
    import redis
except ImportError:
    tap.skip_all('python3-redis is not installed')
PROGRAM = shutil.which('nutcracker') or '/usr/sbin/nutcracker'
if not os.path.exists(PROGRAM):
    tap.skip_all('nutcracker is not installed')

CONFIGURATION = '''pool:
  listen: %s/proxy
  hash: fnv1a_64
  distribution: ketama
  redis: true
  auto_eject_hosts: false
  servers:
   - 127.0.0.1:%d:1 one
   - 127.0.0.1:%d:1 two
'''

with socket.socket() as probe:
    probe.bind(('127.0.0.1', 0))
    STATS_PORT = probe.getsockname()[1]
folder = os.getcwd()
with open('nutcracker.yml', 'w') as file:
    file.write(CONFIGURATION % (folder, tap.PORT, tap.PORT_2))
proxy = subprocess.Popen(
    [PROGRAM, '-c', 'nutcracker.yml', '-s', str(STATS_PORT),
     '-a', '127.0.0.1', '-o', 'nutcracker.log'], stdin=subprocess.DEVNULL)
servers = [redis.Redis(tap.HOST, port) for port in (tap.PORT, tap.PORT_2)]
r = redis.Redis(unix_socket_path=folder + '/proxy', decode_responses=True)


def before():
    for server in servers:
        server.flushall()


@case
def keys_are_spread():
    until(lambda: os.path.exists('proxy'))
    for n in range(1000):
        r.set('k%d' % n, n)
    sizes = [server.dbsize() for server in servers]
    equal(sum(sizes), 1000)
    assert min(sizes) > 100, sizes
    equal([r.get('k%d' % n) for n in range(1000)],
          [str(n) for n in range(1000)])


@case
def commands_on_many_keys():
    r.mset({'k%d' % n: n for n in range(200)})
    equal(r.mget(['k%d' % n for n in range(200)] + ['none']),
          [str(n) for n in range(200)] + [None])
    equal(r.delete(*('k%d' % n for n in range(0, 200, 2))), 100)
    equal(sum(server.dbsize() for server in servers), 100)


@case
def pipelined():
    pipe = r.pipeline(transaction=False)
    for n in range(2000):
        pipe.incr('n%d' % (n % 10))
    equal(pipe.execute()[-1], 200)
    big = 'x' * 500000
    equal((r.set('big', big), r.get('big')), (True, big))


@case
def types():
    equal(r.rpush('l', 1, 2, 3), 3)
    equal(r.hset('h', mapping={'a': 1, 'b': 2}), 2)
    equal(r.sadd('s', 'a', 'b'), 2)
    equal(r.zadd('z', {'a': 1, 'b': 2}), 2)
    equal((r.lrange('l', 0, -1), r.hgetall('h'), r.smembers('s'),
           r.zrange('z', 0, -1, withscores=True)),
          (['1', '2', '3'], {'a': '1', 'b': '2'}, {'a', 'b'},
           [('a', 1.0), ('b', 2.0)]))


try:
    tap.run(before)
finally:
    proxy.terminate()
    proxy.wait()
