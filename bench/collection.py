# SPDX-License-Identifier: GPL-3.0-or-later
"""Collections: what a member costs, in a large one and in many small ones,
and the longest that adding a member takes while one grows."""

import statistics

import bench as b
import harness
from bench import Row
from sections import SLOW_US

COMMANDS = {'set': 'SADD', 'hash': 'HSET', 'sorted set': 'ZADD',
            'list': 'RPUSH'}
GROWING = ('SADD', 'HSET', 'ZADD')
SMALL = 100  # members
LARGE_BOUND = 0.8
SMALL_BOUND = 1.05
GROWTH_MS = 5
GROWTH_DEPTH = 10
GROWTH_RUNS = 2


def bytes_a_member(bench, kind, command, keys):
    """Growth of the resident memory over members spread over KEYS keys."""
    count = 100_000 if bench.quick else 1_000_000

    with bench.server(kind) as server:
        bench.probe('members', server, command, 1, 1, 1)
        before = server.rss()
        bench.probe('members', server, command, count, keys or count // SMALL,
                    100)
        return (server.rss() - before) / count


def memory(bench):
    rows = []
    for name, command in COMMANDS.items():
        for keys, what, bound in ((1, 'a member of one %s', LARGE_BOUND),
                                  (None, 'a member of a small %s',
                                   SMALL_BOUND)):
            if keys and command not in GROWING:
                bound = None  # Redis's own bytes are all there is
            result = b.both(lambda kind: bytes_a_member(bench, kind, command,
                                                        keys))
            rows.append(Row(what % name, result['redis'], result['cofferd'],
                            'bytes', bound and 'ratio<=', bound))
    return rows


def grow(bench, kind, command, count):
    """How long commands took by the server's own clock, of those that it has
    in its slow log, in milliseconds; and the longest batch as the client sees
    it."""
    with bench.server(kind, '--slowlog-log-slower-than', SLOW_US,
                      '--slowlog-max-len', 100_000) as server, \
            harness.Client(server.port, 60) as client:
        batch = bench.probe('members', server, command, count, 1,
                            GROWTH_DEPTH)[0] / 1000
        return {tuple(entry[3]): entry[2] / 1000
                for entry in client('SLOWLOG', 'GET', -1)}, batch


def own_longest(logs):
    """The longest that a command took in each of the runs, which do the same
    one after the other: what the machine lays upon one, it does not lay upon
    the same in the next."""
    return max((min(log.get(command, 0) for log in logs)
                for command in logs[0]), default=0) or SLOW_US / 1000


def growth(bench):
    count = 500_000 if bench.quick else 5_000_000
    rows = []
    for command in GROWING:
        own, seen, batch = {}, {}, {}
        for kind in b.KINDS:
            logs, batches = zip(*(grow(bench, kind, command, count)
                                  for _ in range(GROWTH_RUNS)))
            own[kind] = own_longest(logs)
            seen[kind] = statistics.median(
                max(log.values(), default=SLOW_US / 1000) for log in logs)
            batch[kind] = statistics.median(batches)
        rows += [Row('longest %s of %d, in every run' % (command, count),
                     own['redis'], own['cofferd'], 'ms', 'value<=',
                     GROWTH_MS),
                 Row('... in any, with pauses of the machine', seen['redis'],
                     seen['cofferd'], 'ms'),
                 Row('... of %d, by the client' % GROWTH_DEPTH,
                     batch['redis'], batch['cofferd'], 'ms')]
    return rows


def collections(bench):
    """Bytes a member, and the longest command while one collection grows."""
    return memory(bench) + growth(bench)
