# SPDX-License-Identifier: GPL-3.0-or-later
"""Scripts and functions: how many short ones are run a second, what two
clients get done with long ones, and what others notice of those."""

import bench as b
import harness
import stall
from bench import Row

CONNECTIONS = 50
DEPTH = 16
COUNT = 400_000
SPEED = 1.3
TWICE = 1.8
GET = "return redis.call('GET', KEYS[1])"
SET = "return redis.call('SET', KEYS[1], ARGV[1])"
LIBRARY = """#!lua name=bench
redis.register_function('get', function (keys)
  return redis.call('GET', keys[1])
end)"""
# Nothing but Lua: tens of milliseconds.
COMPUTE = ('local sum = 0 for i = 1, 3000000 do sum = sum + i % 7 end '
           'return redis.call("SET", KEYS[1], sum)')
STEPS = 20_000_000
VALUE = 'v' * 32


def calls(client):
    """Names, and words for the load program; a "@" is a key of the
    connection's own."""
    sha = client('SCRIPT', 'LOAD', GET)
    client('FUNCTION', 'LOAD', LIBRARY)
    for i in range(CONNECTIONS):
        client('SET', i, VALUE)
    return (('EVAL of a GET', ('EVAL', GET, 1, '@')),
            ('EVAL of a SET', ('EVAL', SET, 1, '@', VALUE)),
            ('EVALSHA of a GET', ('EVALSHA', sha.decode(), 1, '@')),
            ('FCALL of a GET', ('FCALL', 'get', 1, '@')))


def short_scripts(bench):
    """Runs a second."""
    count = COUNT // (10 if bench.quick else 1)
    names = []

    def measure(kind):
        with bench.server(kind, *loops(kind, 2)) as server, \
                harness.Client(server.port, 60) as client:
            each = calls(client)
            names[:] = [name for name, _ in each]
            return [bench.probe('repeat', server, count, CONNECTIONS, DEPTH,
                                *words)[0] for _, words in each]
    result = b.medians(bench.runs, measure)
    return [Row(name, redis, cofferd, 'scripts/s', 'ratio>=', SPEED)
            for name, redis, cofferd in zip(names, result['redis'],
                                            result['cofferd'])]


def loops(kind, n):
    return ('--io-threads', n) if kind == 'cofferd' else ()


def long_scripts(bench):
    """Runs a second of two clients on keys of their own."""
    count = 20 if bench.quick else 80

    def measure(kind):
        with bench.server(kind, *loops(kind, 2)) as server:
            return bench.probe('repeat', server, count, 2, 1, 'EVAL', COMPUTE,
                               1, '@')[0]
    result = b.medians(bench.runs, measure)
    return [Row('two clients that compute', result['redis'][0],
                result['cofferd'][0], 'scripts/s', 'ratio>=', TWICE)]


class Steps(stall.Disturber):
    name = 'EVAL of %s steps' % format(STEPS, ',')

    def once(self):
        self.client('EVAL', 'for i = 1, %d do end' % STEPS, 1, 'steps')


def scripts(bench):
    """Short scripts a second of 50 connections at pipeline 16, what two clients
    that compute get done, and the p99.9 of a second client's GETs, quiet and
    during a long script."""
    return (short_scripts(bench) + long_scripts(bench) +
            stall.table(bench, (Steps,)))
