# SPDX-License-Identifier: GPL-3.0-or-later
"""What clients are told without asking: messages published to many, and the
events of keys that expire."""

import socket
import statistics
import subprocess
import time

import bench as b
import harness
from bench import Row

SUBSCRIBERS = 50
CHANNEL = 'channel'
PATTERN = 'chan*'
# What is told of it, publishers, pipeline, bytes of a message, how it is
# listened to.
AUDIENCES = (('', 1, 1, 64, 'SUBSCRIBE'), ('', 10, 1, 64, 'SUBSCRIBE'),
             ('', 1, 16, 64, 'SUBSCRIBE'), ('', 1, 100, 64, 'SUBSCRIBE'),
             (' by a pattern', 1, 16, 64, 'PSUBSCRIBE'),
             (' by shard', 1, 16, 64, 'SSUBSCRIBE'),
             (' of 1 KB', 1, 16, 1024, 'SUBSCRIBE'),
             (' of 4 KB', 1, 16, 4096, 'SUBSCRIBE'),
             (' of 16 KB', 1, 16, 16384, 'SUBSCRIBE'))
# What a message begins with, what is listened to, and what publishes to it.
WAYS = {'SUBSCRIBE': (('message',), CHANNEL, 'PUBLISH'),
        'PSUBSCRIBE': (('pmessage', PATTERN), PATTERN, 'PUBLISH'),
        'SSUBSCRIBE': (('smessage',), CHANNEL, 'SPUBLISH')}


def publish(bench, kind, publishers, depth, size, way):
    """Messages a second that all subscribers get together."""
    # So many that what it takes to start the publisher is little.
    count = (1_000 if bench.quick else 10_000) * min(publishers * depth, 10)
    count = count * 1024 // max(size, 1024)
    count -= count % (publishers * depth)
    payload = 'x' * size
    words, name, command = WAYS[way]
    message = len(harness.encode(*words, CHANNEL, payload))
    with bench.server(kind) as server:
        audience = bench.probe_start('listen', server, SUBSCRIBERS, way, name,
                                     count * SUBSCRIBERS * message)
        audience.stdout.readline()
        begin = time.monotonic()
        publisher = subprocess.Popen(
            ['redis-benchmark', '-p', str(server.port), '-q', '-c',
             str(publishers), '-P', str(depth), '-n', str(count), command,
             CHANNEL, payload],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=harness.die_with_parent)
        status = audience.wait(120)
        seconds = time.monotonic() - begin
        publisher.wait()
    if status:
        raise RuntimeError('not all messages came')
    return count * SUBSCRIBERS / seconds


def listen(client, count, patience_s):
    """How late the events of keys called NUMBER:DEADLINE come, in ms."""
    late = []
    end = time.monotonic() + patience_s
    client.socket.settimeout(1)
    while len(late) < count and time.monotonic() < end:
        try:
            key = client.read()[2]
        except (socket.timeout, OSError):
            client.file = client.socket.makefile('rb')
            continue
        late.append(time.time() * 1000 - int(key.split(b':')[1]))
    return late


def expired(bench, kind):
    """Median lag of 1,000 `expired` events beside 100,000 other volatile keys,
    and how many of a hundred came."""
    others = 20_000 if bench.quick else 100_000
    due, patience_s = 1_000, 5 if bench.quick else 15
    with bench.server(kind, '--notify-keyspace-events', 'Ex') as server, \
            harness.Client(server.port, 60) as client, \
            harness.Client(server.port, 60) as listener:
        far = int(time.time() * 1000) + 100_000_000
        bench.fill(server, keys=others, pxat=[far])
        listener('SUBSCRIBE', '__keyevent@0__:expired')
        first = int(time.time() * 1000) + 500
        client.send_bytes(b''.join(
            harness.encode('SET', 'due%d:%d' % (i, first + i), 'v', 'PXAT',
                           first + i) for i in range(due)))
        for _ in range(due):
            client.read_bytes()
        late = listen(listener, due, patience_s)
    late += [float('inf')] * (due - len(late))
    return statistics.median(late), 100 * sum(
        lag != float('inf') for lag in late) / due


def pubsub(bench):
    """Messages and events."""
    rows = []
    for name, *rest in AUDIENCES:
        result = b.medians(bench.runs,
                           lambda kind: publish(bench, kind, *rest))
        publishers, depth = rest[:2]
        by = ', %d publishers' % publishers if publishers > 1 else ''
        rows.append(Row('PUBLISH%s to %d, pipeline %d%s'
                        % (name, SUBSCRIBERS, depth, by),
                        result['redis'][0], result['cofferd'][0],
                        'messages/s', 'ratio>=', 1.2))
    result = b.medians(bench.runs, lambda kind: expired(bench, kind))
    rows.append(Row('`expired` event', result['redis'][0],
                    result['cofferd'][0], 'ms late', 'value<=', 5))
    rows.append(Row('`expired` events missing', 100 - result['redis'][1],
                    100 - result['cofferd'][1], '%', 'value<=', 0))
    return rows
