# SPDX-License-Identifier: GPL-3.0-or-later
"""Collections: what a member costs, in a large one and in many small ones,
and the longest that adding some members takes while one grows."""

import statistics

import bench as b
from bench import Row

COMMANDS = {'set': 'SADD', 'hash': 'HSET', 'sorted set': 'ZADD'}
SMALL = 100  # members
LARGE_BOUND = 0.8
SMALL_BOUND = 1.05
GROWTH_MS = 5
GROWTH_DEPTH = 10


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
            result = b.both(lambda kind: bytes_a_member(bench, kind, command,
                                                        keys))
            rows.append(Row(what % name, result['redis'], result['cofferd'],
                            'bytes', 'ratio<=', bound))
    return rows


def growth(bench):
    count = 500_000 if bench.quick else 5_000_000

    def worst(kind, command):
        with bench.server(kind) as server:
            return bench.probe('members', server, command, count, 1,
                               GROWTH_DEPTH)[0] / 1000
    rows = []
    for name, command in COMMANDS.items():
        result = {kind: statistics.median(worst(kind, command)
                                          for _ in range(bench.runs))
                  for kind in b.KINDS}
        rows.append(Row('longest %d %ss of %d' % (GROWTH_DEPTH, command,
                                                  count),
                        result['redis'], result['cofferd'], 'ms', 'value<=',
                        GROWTH_MS))
    return rows


def collections(bench):
    """Bytes a member, and the longest command while one collection grows."""
    return memory(bench) + growth(bench)
