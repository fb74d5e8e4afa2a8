# SPDX-License-Identifier: GPL-3.0-or-later
"""What other clients see of one that asks much: a prober's GETs, 2,000 a
second, while each thing goes on."""

import random
import statistics
import threading
import time

import bench as b
import harness
from bench import Row

RATE = 2_000
OVER_QUIET_MS = 5
APART = 100_000  # keys that the prober never asks for
BIG = 100 << 20
HUGE = 500 << 20


class Disturber:
    """One thing that goes on: PREPARE once, then ONCE again and again until
    the time is up."""

    pause_s = 0.2
    times = 1_000_000

    def __init__(self, bench, server):
        self.bench, self.server = bench, server
        self.client = harness.Client(server.port, 120)
        self.over = threading.Event()
        self.prepare()

    def prepare(self):
        pass

    def run(self):
        for _ in range(self.times):
            self.once()
            if self.over.wait(self.pause_s):
                break

    def drain(self, size):
        """Read so many bytes without looking at them."""
        while size > 0:
            size -= len(self.client.socket.recv(min(size, 1 << 20)))

    def end(self):
        self.client.close()


class Keys(Disturber):
    name = 'KEYS *'

    def once(self):
        self.client.send('KEYS', '0*')
        self.drain(len('*%d\r\n' % self.bench.keys) + 23 * self.bench.keys)


class Mget(Disturber):
    name = 'MGET of 100,000 keys'
    count = APART

    def prepare(self):
        last = self.bench.keys
        self.request = harness.encode(
            'MGET', *('%016d' % key for key in range(last - APART, last)))

    def once(self):
        self.client.send_bytes(self.request)
        self.drain(len('*%d\r\n' % self.count) + 39 * self.count)


class Bitop(Disturber):
    name = 'BITOP on 100 MB'

    def prepare(self):
        self.client('SETRANGE', 'big', BIG - 1, 'x')

    def once(self):
        self.client('BITOP', 'NOT', 'big2', 'big')

    def end(self):
        self.client('UNLINK', 'big', 'big2')
        super().end()


class Lcs(Disturber):
    name = 'LCS on megabytes'

    def prepare(self):
        letters = random.Random(1).choices(b'abcd', k=1 << 20)
        self.client('SET', 'long', bytes(letters))
        self.client('SET', 'short', bytes(letters[5000:5100]))

    def once(self):
        self.client('LCS', 'long', 'short', 'LEN')


class Sleep(Disturber):
    name = 'DEBUG SLEEP 1'

    def once(self):
        self.client('DEBUG', 'SLEEP', 1)


class Multi(Disturber):
    name = 'MULTI of 100,000 SETs'
    count = 100_000

    def prepare(self):
        self.request = harness.encode('MULTI') + b''.join(
            harness.encode('SET', 'multi:%d' % i, 'value')
            for i in range(self.count)) + harness.encode('EXEC')

    def once(self):
        sender = threading.Thread(target=self.client.send_bytes,
                                  args=(self.request,))
        sender.start()
        self.drain(5 + self.count * (9 + 5) + len('*%d\r\n' % self.count))
        sender.join()

    def end(self):
        self.client('UNLINK', *('multi:%d' % i for i in range(self.count)))
        super().end()


class NeverReads(Disturber):
    name = 'a client that never reads'
    times = 1

    def prepare(self):
        self.client('SET', 'megabyte', b'x' * (1 << 20))

    def once(self):
        self.client.send_bytes(harness.encode('GET', 'megabyte') * 300)
        self.over.wait()


class Idle(Disturber):
    name = '10,000 idle connections'
    times = 1

    def once(self):
        crowd = self.bench.probe_start(
            'idle', self.server, 1_000 if self.bench.quick else 10_000)
        self.over.wait()
        crowd.stdin.close()
        crowd.wait()


class Connect(Disturber):
    name = '1,000 connections a second'

    def once(self):
        self.bench.probe('connect', self.server, 1_000, 1)


class Delete(Disturber):
    name = 'DEL of 500 MB'
    times = 1

    def prepare(self):
        self.client('SETRANGE', 'huge', HUGE - 1, 'x')

    def once(self):
        self.client('DEL', 'huge')


class Flush(Disturber):
    name = 'FLUSHALL SYNC'
    times = 1

    def once(self):
        self.client('FLUSHALL', 'SYNC')


# FLUSHALL comes last: it leaves no keys to ask for.
DISTURBERS = (Keys, Mget, Bitop, Lcs, Sleep, Delete, Multi, NeverReads, Idle,
              Connect, Flush)


def prober(bench, server, seconds):
    return bench.probe_start('rate', server, RATE, seconds,
                             bench.keys - APART)


def p999_ms(prober):
    """Without the pauses of the machine, and with them."""
    words = prober.communicate()[0].split()
    return float(words[5]) / 1000, float(words[3]) / 1000


def disturbed(bench, server, kind_of, seconds):
    """The prober's two p99.9 while one thing goes on."""
    disturber = kind_of(bench, server)
    thread = threading.Thread(target=disturber.run)
    running = prober(bench, server, seconds)
    time.sleep(seconds / 8)
    thread.start()
    late = p999_ms(running)
    disturber.over.set()
    thread.join()
    disturber.end()
    return late


def stall(bench):
    """The p99.9 of a second client's GETs, quiet and while things go on."""
    return table(bench, DISTURBERS)


def table(bench, disturbers):
    """It is quiet before each of them; the median of these times counts.

    While a processor of the machine stands still, as that of a virtual one
    may, nobody is answered by any server; that is shown beside."""
    seconds = 1.5 if bench.quick else 4
    disturbers = [kind_of for kind_of in disturbers
                  if bench.only.lower() in kind_of.name.lower()]

    def measure(kind):
        with bench.server(kind, '--maxclients', 12_000) as server:
            bench.fill(server)
            quiet, times = [], []
            for kind_of in disturbers:
                quiet.append(p999_ms(prober(bench, server, seconds / 4)))
                times.append(disturbed(bench, server, kind_of, seconds))
            return [statistics.median(column) for column in zip(*quiet)
                    ] + [time for pair in times for time in pair]
    result = b.medians(bench.runs, measure)
    rows = []
    for i, name in enumerate(['quiet', *(kind_of.name
                                         for kind_of in disturbers)]):
        asked = ('over<=', OVER_QUIET_MS, result['cofferd'][0]) if i else ()
        rows += [Row(name, result['redis'][2 * i], result['cofferd'][2 * i],
                     'ms p99.9', *asked),
                 Row('... with pauses of the machine',
                     result['redis'][2 * i + 1], result['cofferd'][2 * i + 1],
                     'ms p99.9')]
    return rows
