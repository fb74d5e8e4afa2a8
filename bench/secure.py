# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients by TLS: how much they get done, and what others see of those that
shake hands."""

import ssl
import subprocess
import time

import bench as b
import harness
from bench import Row

PIPELINES = (1, 16)
REQUESTS = {1: 50_000, 16: 400_000}
RATE = 2_000  # of the prober
HANDSHAKES = 1_000  # a second


def make_certificate(folder):
    """A key of 2,048 bits and its own certificate, as most servers have."""
    paths = folder + '/tls.crt', folder + '/tls.key'
    subprocess.run(
        ['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days',
         '2', '-subj', '/CN=localhost', '-out', paths[0], '-keyout',
         paths[1]], check=True, stderr=subprocess.DEVNULL)
    return paths


class Pair:
    """A server with a port for TLS, too."""

    def __init__(self, bench, kind, paths):
        self.tls_port = harness.free_port()
        self.server = bench.server(
            kind, '--tls-port', self.tls_port, '--tls-cert-file', paths[0],
            '--tls-key-file', paths[1], '--tls-auth-clients', 'no')

    def stop(self):
        self.server.stop()


def speed(bench, pair, paths, command, depth):
    """Requests a second by TLS."""
    count = REQUESTS[depth] // (5 if bench.quick else 1)
    output = subprocess.run(
        ['redis-benchmark', '-p', str(pair.tls_port), '--tls', '--cacert',
         paths[0], '--csv', '-t', command, '-c', '50', '-d', '64', '-P',
         str(depth), '-n', str(count)], check=True, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True).stdout
    return float(output.splitlines()[-1].split(',')[1].strip('"'))


def make_hello(path):
    """Writes what a client says first, which asks the server for its
    signature."""
    sent = ssl.MemoryBIO()
    context = ssl.create_default_context()
    client = context.wrap_bio(ssl.MemoryBIO(), sent,
                              server_hostname='localhost')
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        pass
    with open(path, 'wb') as file:
        file.write(sent.read())


def wait_p999(bench, pair, seconds):
    """p99.9 of a client without TLS, in ms."""
    prober = bench.probe_start('rate', pair.server, RATE, seconds, 1000)
    return [float(word) for word in prober.communicate()[0].split()][3] / 1000


def flooded(bench, pair, seconds, hello):
    """The same during handshakes, and how many there were a second."""
    flood = subprocess.Popen(
        [bench.probe_path, 'hello', str(pair.tls_port), str(HANDSHAKES),
         str(seconds + 1), hello], stdout=subprocess.PIPE, text=True,
        preexec_fn=harness.die_with_parent)
    time.sleep(0.5)
    wait = wait_p999(bench, pair, seconds)
    return wait, float(flood.communicate()[0])


def tls(bench):
    """Requests a second by TLS of 50 connections, and how long a client
    without TLS waits while 1,000 handshakes a second are asked for, each a
    signature with a key of 2,048 bits."""
    rows = []
    paths = make_certificate(bench.dir)
    hello = bench.dir + '/hello'
    make_hello(hello)
    seconds = 2 if bench.quick else 5
    pairs = {}
    try:
        for kind in b.KINDS:
            pairs[kind] = Pair(bench, kind, paths)
        for depth in PIPELINES:
            for command in ('set', 'get'):
                result = b.medians(bench.runs, lambda kind: speed(
                    bench, pairs[kind], paths, command, depth))
                rows.append(Row(
                    '%s by TLS, pipeline %d' % (command.upper(), depth),
                    result['redis'][0], result['cofferd'][0], 'requests/s'))
        quiet = b.medians(bench.runs, lambda kind: wait_p999(
            bench, pairs[kind], seconds))
        busy = b.medians(bench.runs, lambda kind: flooded(
            bench, pairs[kind], seconds, hello))
        rows.append(Row('p99.9 without TLS, quiet', quiet['redis'][0],
                        quiet['cofferd'][0], 'ms'))
        rows.append(Row('p99.9 during handshakes', busy['redis'][0],
                        busy['cofferd'][0], 'ms', 'value<=',
                        quiet['cofferd'][0] + 5))
        rows.append(Row('handshakes asked for', busy['redis'][1],
                        busy['cofferd'][1], '/s'))
    finally:
        for pair in pairs.values():
            pair.stop()
    return rows
