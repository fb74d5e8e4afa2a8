# SPDX-License-Identifier: GPL-3.0-or-later
"""Speed, memory, time and the end: each section measures both servers and
returns rows.  The targets are those the project set itself."""

import statistics
import subprocess
import threading
import time

import bench as b
import harness
from bench import Row

PIPELINES = (1, 16, 100)
SPEED = {1: 0.97, 16: 1.4, 100: 2.3}
CPU = {1: 0.95, 16: 0.65, 100: 0.5}
REQUESTS = {1: 100_000, 16: 600_000, 100: 1_500_000}


def throughput(bench):
    """Requests a second and processor time a request: 50 connections, values
    of 64 bytes."""
    rows = []
    spread = ('-r', bench.spread) if bench.spread > 1 else ()
    with bench.server('redis') as redis, bench.server('cofferd') as cofferd:
        servers = {'redis': redis, 'cofferd': cofferd}
        for server in servers.values():
            bench.redis_benchmark(server, '-t', 'set', '-d', 64, '-P', 50,
                                  '-n', 500_000, *spread)
        for depth in PIPELINES:
            for command in ('get', 'set'):
                count = REQUESTS[depth] // (5 if bench.quick else 1)

                def measure(kind):
                    server = servers[kind]
                    before = server.cpu_s()
                    speed = bench.redis_benchmark(
                        server, '-t', command, '-c', 50, '-d', 64, '-P',
                        depth, '-n', count, *spread)
                    return speed, (server.cpu_s() - before) / count * 1e6
                result = b.medians(bench.runs, measure)
                what = '%s, pipeline %d' % (command.upper(), depth)
                rows.append(Row(what, result['redis'][0],
                                result['cofferd'][0], 'requests/s', 'ratio>=',
                                SPEED[depth]))
                rows.append(Row(what + ': server CPU', result['redis'][1],
                                result['cofferd'][1], 'us/request', 'ratio<=',
                                CPU[depth]))
    return rows


def connections(bench):
    """Connections opened, used once and closed, a second."""
    with bench.server('redis') as redis, bench.server('cofferd') as cofferd:
        servers = {'redis': redis, 'cofferd': cofferd}
        result = b.medians(bench.runs, lambda kind: bench.redis_benchmark(
            servers[kind], '-t', 'ping_mbulk', '-k', 0, '-c', 50,
            '-n', 2_000 if bench.quick else 10_000))
    return [Row('connections', result['redis'][0], result['cofferd'][0],
                'connections/s')]


def bytes_a_key(bench):
    """Growth of the resident memory over keys of 16 bytes with values of
    32, without deadlines and with them."""
    def growth(kind, *pxat):
        with bench.server(kind) as server:
            bench.fill(server, keys=1)
            before = server.rss()
            bench.fill(server, pxat=pxat)
            return (server.rss() - before) / bench.keys
    deadline = int(time.time() * 1000) + 100_000_000
    plain = b.both(growth)
    volatile = b.both(lambda kind: growth(kind, deadline))
    more = {kind: volatile[kind] - plain[kind] for kind in b.KINDS}
    return [Row('a key', plain['redis'], plain['cofferd'], 'bytes',
                'value<=', 95),
            Row('its deadline', more['redis'], more['cofferd'], 'bytes',
                'value<=', 16)]


def info(client, field):
    for line in client('INFO', 'all').split(b'\r\n'):
        name, _, value = line.partition(b':')
        if name == field.encode():
            return int(value)
    raise KeyError(field)


def expiry_lag(bench):
    """How late 1,000 keys with one deadline are gone, as DBSIZE shows, and
    their memory, beside 100,000 other volatile keys that are not due."""
    others = 20_000 if bench.quick else 100_000
    due = 1_000
    patience_s = 5 if bench.quick else 40

    def lag(kind):
        with bench.server(kind) as server, \
                harness.Client(server.port, 60) as client:
            far = int(time.time() * 1000) + 100_000_000
            bench.fill(server, keys=others, pxat=[far])
            before = info(client, 'used_memory')
            deadline = int(time.time() * 1000) + 1_000
            client.send_bytes(b''.join(
                harness.encode('SET', 'due:%d' % i, 'v' * 1000, 'PXAT',
                               deadline) for i in range(due)))
            for _ in range(due):
                client.read_bytes()
            return watch(client, others, due, deadline, before, patience_s)

    def watch(client, others, due, deadline, before, patience_s):
        late = []
        while len(late) < due:
            now = time.time() * 1000
            left = client('DBSIZE') - others
            seen = time.time() * 1000
            late += [seen - deadline] * (due - left - len(late))
            if seen - deadline > patience_s * 1000:
                late += [float('inf')] * (due - len(late))
            time.sleep(max(0, 0.0005 - (seen - now) / 1000))
        while info(client, 'used_memory') > before + 100_000:
            if time.time() * 1000 - deadline > patience_s * 1000:
                return statistics.median(late), max(late), float('inf')
            time.sleep(0.0005)
        return (statistics.median(late), max(late),
                time.time() * 1000 - deadline)

    result = b.medians(bench.runs, lag)
    return [Row(name, result['redis'][i], result['cofferd'][i], 'ms late',
                'value<=', bound)
            for i, (name, bound) in enumerate((
                ('median key gone', 5), ('last key gone', 50),
                ('memory gone', 50)))]


SLOW_US = 200  # commands that take less are not told apart
GROWTH_MS = 5


def slowest_ms(client):
    """The longest run time in the slow log."""
    log = client('SLOWLOG', 'GET', -1)
    return max([entry[2] for entry in log], default=SLOW_US) / 1000


def longest(bench, many, command, load):
    """Rows of the longest that commands take in any run of LOAD, which gives
    what the load program prints.

    The longest of small batches, MANY, as the client sees it, is more than
    any command in it took.  For what the machine has its share in, see
    stall.py; the server's own clock cannot tell that."""
    def measure(kind):
        with bench.server(kind, '--slowlog-log-slower-than', SLOW_US,
                          '--slowlog-max-len', 100_000) as server, \
                harness.Client(server.port, 60) as client:
            batch, _, net = load(server)
            return net / 1000, batch / 1000, slowest_ms(client)
    result = b.medians(min(bench.runs, 2), measure, max)
    names = ('longest ' + many, '... with pauses of the machine',
             "longest %s by the server's clock" % command)
    asked = (('value<=', GROWTH_MS), (), ())
    return [Row(name, result['redis'][i], result['cofferd'][i], 'ms', *judge)
            for i, (name, judge) in enumerate(zip(names, asked))]


def growth(bench):
    """The longest that SETs take while the keyspace grows, beside how long a
    process of this machine is kept from running when nothing goes on."""
    keys = 500_000 if bench.quick else 5_000_000
    rows = longest(bench, '100 SETs of %d' % keys, 'SET',
                   lambda server: bench.fill(server, keys=keys))
    pause = bench.probe('pause', None, 1 if bench.quick else 4)[0] / 1000
    return rows + [Row('longest pause of an idle machine', pause, pause, 'ms')]


def idle(bench):
    """What 10,000 connections that do nothing cost."""
    count = 1_000 if bench.quick else 10_000

    def busy(server):
        return bench.redis_benchmark(server, '-t', 'get', '-c', 50, '-n',
                                     20_000 if bench.quick else 100_000)

    def measure(kind):
        with bench.server(kind, '--maxclients', 12_000) as server:
            busy(server)
            quiet = busy(server)
            before = server.rss()
            crowd = bench.probe_start('idle', server, count)
            try:
                crowd.stdout.readline()
                memory = server.rss() - before
                return memory / 1e6, busy(server) / quiet
            finally:
                crowd.stdin.close()
                crowd.wait()
    result = b.medians(bench.runs, measure)
    return [Row('memory of %d idle connections' % count, result['redis'][0],
                result['cofferd'][0], 'MB', 'value<=', 100),
            Row('50 busy ones, speed beside alone', result['redis'][1],
                result['cofferd'][1], 'of 1')]


class Talker(threading.Thread):
    """Pipelines commands until the server closes; says whether the last
    reply was cut."""

    def __init__(self, port):
        super().__init__()
        self.client = harness.Client(port, 30)
        self.cut = False

    def run(self):
        depth = 50
        batch = harness.encode('SET', 'key', 'v' * 64) * depth
        last = b'\n'
        try:
            while last:
                self.client.send_bytes(batch)
                for _ in range(depth):
                    last = self.client.file.readline()
                    self.cut = bool(last) and not last.endswith(b'\n')
        except OSError:
            pass


def sigterm(bench):
    """SIGTERM under load: how long until the server has ended, with which
    status, and whether a reply was cut."""
    def end(kind):
        with bench.server(kind) as server:
            talkers = [Talker(server.port) for _ in range(20)]
            for talker in talkers:
                talker.start()
            time.sleep(0.5)
            begin = time.monotonic()
            server.process.terminate()
            status = server.process.wait(30)
            seconds = time.monotonic() - begin
            for talker in talkers:
                talker.join()
                talker.client.close()
            return seconds, abs(status), sum(t.cut for t in talkers)
    result = b.medians(bench.runs, end)
    return [Row('time to end', result['redis'][0], result['cofferd'][0], 's',
                'value<=', 1),
            Row('exit status', result['redis'][1], result['cofferd'][1], '',
                'value<=', 0),
            Row('replies cut', result['redis'][2], result['cofferd'][2], '',
                'value<=', 0)]


def instructions(bench):
    """Instructions a request at pipeline 100, counted by callgrind: the
    difference of two runs that differ only in their number of requests."""
    small, large = (10_000, 20_000) if bench.quick else (20_000, 60_000)

    def count(kind, command, requests):
        out = bench.dir + '/callgrind'
        wrapper = ('valgrind', '--tool=callgrind', '--callgrind-out-file=' +
                   out)
        with bench.server(kind, wrapper=wrapper, start_s=60) as server:
            bench.fill(server, keys=10_000, size=64)
            if command == 'SET':
                bench.fill(server, keys=requests, size=64)
            else:
                bench.probe('get', server, requests, 10_000, 100)
            server.process.terminate()
            server.process.wait(60)
        with open(out) as profile:
            return sum(int(line.split()[1]) for line in profile
                       if line.startswith('totals:'))

    def each(command):
        return b.both(lambda kind: (count(kind, command, large)
                                    - count(kind, command, small))
                      / (large - small))
    rows = []
    for command in ('GET', 'SET'):
        result = each(command)
        rows.append(Row(command, result['redis'], result['cofferd'],
                        'instructions'))
    return rows
