# SPDX-License-Identifier: GPL-3.0-or-later
"""The types: speed of their commands, what more loops give, and what other
clients see of long work on large collections.  Each section returns rows.
The targets are those the project set itself."""

import statistics

import bench as b
import harness
import stall
from bench import Row

# What redis-benchmark knows by name, and what it is told in words.
NAMED = ('lpush', 'rpop', 'sadd', 'hset', 'spop', 'zadd', 'zpopmin',
         'lrange_100', 'lrange_600', 'mset')
XADD = ('XADD', 'stream', 'MAXLEN', '~', '100000', '*', 'field', 'value')
WORDS = (*(('-t', name) for name in NAMED), XADD)
SPEED = 1.2
SCALE = 1.8
SLOW = ('lrange_100', 'lrange_600', 'mset')


def commands(bench):
    """Requests a second at pipeline 16 with 50 connections; one after the
    other on the same server, so that RPOP finds what LPUSH has left."""
    spread = ('-r', bench.spread) if bench.spread > 1 else ()

    def speed(server, words):
        count = 1_000_000 // (10 if bench.quick else 1)
        if words[-1] in SLOW:
            count //= 10
        return bench.redis_benchmark(server, '-c', 50, '-P', 16, '-n', count,
                                     *spread, *words)

    def measure(kind):
        with bench.server(kind) as server:
            return [speed(server, words) for words in WORDS]
    result = b.medians(bench.runs, measure)
    return [Row(words[-1].upper() if words[0] == '-t' else words[0],
                redis, cofferd, 'requests/s', 'ratio>=', SPEED)
            for words, redis, cofferd in zip(WORDS, result['redis'],
                                             result['cofferd'])]


def fill(client, words, members, batch=10_000):
    """WORDS, then what MEMBERS yields, some at a time."""
    some = []
    for member in members:
        some += member if isinstance(member, tuple) else (member,)
        if len(some) >= batch:
            client(*words, *some)
            some = []
    if some:
        client(*words, *some)


# What the work is done on: two collections that have few members in common,
# so that replies are short and the server is what is busy.
def fill_sets(client, n):
    for i in range(2):
        fill(client, ('SADD', 'set:%d' % i),
             ('member:%d' % (j + i * (n - 10)) for j in range(n)))


def fill_zsets(client, n):
    for i in range(2):
        fill(client, ('ZADD', 'zset:%d' % i),
             ((str(j % 97), 'member:%d' % j) for j in range(n)))


def fill_list(client, n):
    fill(client, ('RPUSH', 'list'), (str(j * 7919 % n) for j in range(n)))


# Turns of less than a millisecond: what takes longer leaves its loop to
# another thread anyhow.  The shorter a request, the more of them at a time: so
# the load program, which is woken once for all of them, takes no more than 3 %
# of what the server does.  Name, what it is done on, requests, how many of
# them at a time, words.
WORK = (
    ('SINTER', fill_sets, 3_000, 30_000, 4, ('SINTER', 'set:0', 'set:1')),
    ('ZUNIONSTORE', fill_zsets, 500, 40_000, 8,
     ('ZUNIONSTORE', '@', '2', 'zset:0', 'zset:1')),
    ('SORT', fill_list, 3_000, 16_000, 4,
     ('SORT', 'list', 'LIMIT', '0', '10')),
    ('LRANGE_600', fill_list, 3_000, 400_000, 96,
     ('LRANGE', 'list', '0', '599')),
)


def scaling(bench):
    """How much more two loops do than one, where the server is what is busy:
    the load program does not look at the replies."""
    rows = []

    def measure(loops, fill_it, size, count, depth, words):
        with bench.server('cofferd', '--io-threads', loops) as server:
            with harness.Client(server.port, 60) as client:
                fill_it(client, size)
            return bench.probe('repeat', server,
                               count // (10 if bench.quick else 1), 8, depth,
                               *words)[0]
    for name, *rest in WORK:
        speeds = {loops: statistics.median(measure(loops, *rest)
                                           for _ in range(bench.runs))
                  for loops in (1, 2)}
        rows.append(Row('%s, one loop' % name, None, speeds[1], 'requests/s'))
        rows.append(Row('%s, two loops' % name, None, speeds[2],
                        'requests/s'))
        rows.append(Row('%s, two loops to one' % name, None,
                        speeds[2] / speeds[1], 'times', 'value>=', SCALE))
    return rows


class Collection(stall.Disturber):
    """Work on collections of so many members that are made before."""

    members = 500_000

    def prepare(self):
        if self.bench.quick:
            self.members //= 10
        self.fill()

    def fill(self):
        pass

    def ask(self, *words):
        """Sends a command, and reads its reply without a look at it."""
        self.client.send(*words)
        skip_reply(self.client.file)

    def end(self):
        self.client('UNLINK', 'set:0', 'set:1', 'out', 'copy', 'hash', 'list',
                    'zset:0', 'zset:1')
        super().end()


def skip_reply(stream):
    left = 1
    while left:
        line = stream.readline()
        left -= 1
        if line[:1] == b'*':
            left += max(0, int(line[1:]))
        elif line[:1] == b'$' and int(line[1:]) >= 0:
            stream.read(int(line[1:]) + 2)


class Sets(Collection):
    def fill(self):
        for i in range(2):
            fill(self.client, ('SADD', 'set:%d' % i),
                 ('member:%d' % (j + i * 1000) for j in range(self.members)))


class Smembers(Sets):
    name = 'SMEMBERS'

    def once(self):
        self.ask('SMEMBERS', 'set:0')


class Sunionstore(Sets):
    name = 'SUNIONSTORE'

    def once(self):
        self.ask('SUNIONSTORE', 'out', 'set:0', 'set:1')


class Delete(Sets):
    name = 'DEL'
    times = 1

    def once(self):
        self.ask('DEL', 'set:0', 'set:1')


class Rename(Sets):
    name = 'RENAME over another'
    times = 1

    def once(self):
        self.ask('RENAME', 'set:0', 'set:1')


class Copy(Sets):
    name = 'COPY'

    def once(self):
        self.ask('COPY', 'set:0', 'copy', 'REPLACE')


class Hgetall(Collection):
    name = 'HGETALL'

    def fill(self):
        fill(self.client, ('HSET', 'hash'),
             (('field:%d' % j, 'value:%d' % j) for j in range(self.members)))

    def once(self):
        self.ask('HGETALL', 'hash')


class Sort(Collection):
    name = 'SORT'

    def fill(self):
        fill_list(self.client, self.members)

    def once(self):
        self.ask('SORT', 'list')


class Zunionstore(Collection):
    name = 'ZUNIONSTORE'

    def fill(self):
        fill_zsets(self.client, self.members)

    def once(self):
        self.ask('ZUNIONSTORE', 'out', '2', 'zset:0', 'zset:1')


LONG_WORK = (Smembers, Hgetall, Sort, Sunionstore, Zunionstore, Delete, Rename,
             Copy)


def stall_types(bench):
    """The p99.9 of a second client's GETs, quiet and during long work on
    collections of 500,000 members.  It is quiet before each of them."""
    return stall.table(bench, LONG_WORK)
