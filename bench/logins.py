# SPDX-License-Identifier: GPL-3.0-or-later
"""What others notice of one who tries passwords, a thousand a second from one
address, and how much of it there is to read in the log."""

import collections
import socket
import statistics
import time

import bench as b
import harness
import stall
from bench import Row

TRIES = 1_000  # a second
OPEN_MAX = 3_000  # connections that wait for their answer
LINES_MAX = 20  # a second that somebody can read
REQUEST = harness.encode('AUTH', 'default', 'wrong')


class WrongPasswords(stall.Disturber):
    """Each try has a connection of its own, since answers are delayed."""

    name = '1,000 wrong passwords a second'
    pause_s = 0

    def prepare(self):
        self.open = collections.deque()
        self.tries = 0
        self.begin = None

    def once(self):
        self.begin = self.begin or time.monotonic()
        late = time.monotonic() - self.begin - self.tries / TRIES
        if late < 0:
            time.sleep(-late)
        one = socket.create_connection(('127.0.0.1', self.server.port))
        one.sendall(REQUEST)
        self.tries += 1
        self.open.append(one)
        if len(self.open) > OPEN_MAX:
            self.open.popleft().close()

    def run(self):
        while not self.over.is_set():
            self.once()

    def rate(self):
        return self.tries / (time.monotonic() - self.begin)

    def end(self):
        for one in self.open:
            one.close()
        super().end()


def measure(bench, kind, seconds):
    """Quiet, under way, tries a second, lines a second."""
    rules = ('ACL', 'SETUSER', 'default', 'resetpass', '>right')
    with bench.server(kind, '--maxclients', 12_000) as server:
        bench.fill(server)
        quiet = stall.p999_ms(stall.prober(bench, server, seconds / 2))[0]
        disturber = WrongPasswords(bench, server)
        # The prober's connections came before there was a password.
        running = stall.prober(bench, server, seconds)
        time.sleep(seconds / 8)
        disturber.client(*rules)
        with open(server.log, 'rb') as log:
            before = len(log.readlines())
        begin = time.monotonic()
        thread = stall.threading.Thread(target=disturber.run)
        thread.start()
        late = stall.p999_ms(running)[0]
        rate = disturber.rate()
        disturber.over.set()
        thread.join()
        passed = time.monotonic() - begin
        with open(server.log, 'rb') as log:
            lines = (len(log.readlines()) - before) / passed
        disturber.end()
        return quiet, late, rate, lines


def logins(bench):
    """Wrong passwords from one address: the p99.9 of others' GETs, and the
    lines of the log."""
    seconds = 2 if bench.quick else 5
    result = b.medians(bench.runs,
                       lambda kind: list(measure(bench, kind, seconds)))
    redis, cofferd = result['redis'], result['cofferd']
    quiet = statistics.median([cofferd[0]])
    return [Row('quiet', redis[0], quiet, 'ms p99.9'),
            Row(WrongPasswords.name, redis[1], cofferd[1], 'ms p99.9',
                'over<=', stall.OVER_QUIET_MS, quiet),
            Row('tries', redis[2], cofferd[2], 'tries/s'),
            Row('lines in the log', redis[3], cofferd[3], 'lines/s', 'value<=',
                LINES_MAX)]
