# SPDX-License-Identifier: GPL-3.0-or-later
"""Collections: what a member costs, in a large one and in many small ones,
and the longest that adding a member takes while one grows."""

import bench as b
from bench import Row
from sections import longest

COMMANDS = {'set': 'SADD', 'hash': 'HSET', 'sorted set': 'ZADD',
            'list': 'RPUSH'}
GROWING = ('SADD', 'HSET', 'ZADD')
SMALL = 100  # members
LARGE_BOUND = 0.8
SMALL_BOUND = 1.05
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
            if keys and command not in GROWING:
                bound = None  # Redis's own bytes are all there is
            result = b.both(lambda kind: bytes_a_member(bench, kind, command,
                                                        keys))
            rows.append(Row(what % name, result['redis'], result['cofferd'],
                            'bytes', bound and 'ratio<=', bound))
    return rows


def growth(bench):
    count = 500_000 if bench.quick else 5_000_000
    rows = []
    for command in GROWING:
        rows += longest(
            bench, '%d %ss of %d' % (GROWTH_DEPTH, command, count), command,
            lambda server: bench.probe('members', server, command, count, 1,
                                       GROWTH_DEPTH))
    return rows


def collections(bench):
    """Bytes a member, and the longest command while one collection grows."""
    return memory(bench) + growth(bench)
