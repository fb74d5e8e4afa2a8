# SPDX-License-Identifier: GPL-3.0-or-later
"""What the sections of the benchmark share: the two servers, the load
programs, sizes, and rows of results."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE) + '/tests/lib')

import harness  # noqa: E402

KINDS = ('redis', 'cofferd')


class Row:
    """One measured thing: a value of each server, and what is asked of
    cofferd's.

    judge: 'ratio>=', 'ratio<=', 'over<=' (at most so much over BASE),
    'value<=' or 'value>=', with the bound; None asks nothing."""

    def __init__(self, name, redis, cofferd, unit, judge=None, bound=None,
                 base=None):
        self.name, self.unit = name, unit
        self.redis, self.cofferd = redis, cofferd
        self.judge, self.bound = judge, bound
        self.measure = None
        if judge in ('ratio>=', 'ratio<='):
            self.measure = cofferd / redis if redis else None
        elif judge == 'over<=':
            self.measure = cofferd - base
        elif judge in ('value<=', 'value>='):
            self.measure = cofferd

    @property
    def met(self):
        if self.judge is None:
            return None
        if self.measure is None:
            return False
        if self.judge in ('ratio>=', 'value>='):
            return self.measure >= self.bound
        return self.measure <= self.bound

    def target(self):
        if self.judge is None:
            return ''
        sign = self.judge[-2:]
        what = {'ratio>=': 'ratio', 'ratio<=': 'ratio', 'over<=': 'over quiet',
                'value<=': '', 'value>=': ''}[self.judge]
        return ('%s %s %g' % (what, sign, self.bound)).strip()

    def as_dict(self, section):
        def finite(value):
            return None if value == float('inf') else value
        return {'section': section, 'name': self.name, 'unit': self.unit,
                'redis': finite(self.redis), 'cofferd': finite(self.cofferd),
                'measure': finite(self.measure), 'target': self.target(),
                'met': self.met}


class Server(harness.Server):
    """One that has to end well, without a report by a sanitizer."""

    END_S = 60

    def __exit__(self, *exception):
        if self.stop(self.END_S):
            raise harness.ServerDied(self.epitaph())


class Bench:
    """Sizes by the options, and the programs at hand."""

    def __init__(self, quick, runs, spread, only=''):
        self.quick = quick
        self.spread = spread
        self.only = only
        self.runs = runs or (1 if quick else 3)
        self.keys = 200_000 if quick else 2_000_000
        self.dir = tempfile.mkdtemp(prefix='coffer-bench-')
        self.probe_path = self.dir + '/probe'
        compiler = os.environ.get('CC', 'cc').split()
        subprocess.run([*compiler, '-O2', '-pthread', '-o', self.probe_path,
                        HERE + '/probe.c'], check=True)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        shutil.rmtree(self.dir, ignore_errors=True)

    def server(self, kind, *args, **options):
        binary = harness.REDIS if kind == 'redis' else harness.cofferd()
        return Server(binary, *args, **options)

    def probe_start(self, mode, server, *args):
        return subprocess.Popen(
            [self.probe_path, mode, str(server.port if server else 0),
             *map(str, args)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            preexec_fn=harness.die_with_parent)

    def probe(self, mode, server, *args):
        """The numbers that a run of the load program prints."""
        process = self.probe_start(mode, server, *args)
        output = process.communicate()[0]
        if process.returncode:
            raise RuntimeError('probe %s failed' % mode)
        return [float(word) for word in output.split()]

    def fill(self, server, keys=None, size=32, depth=100, pxat=()):
        return self.probe('set', server, keys or self.keys, size, depth,
                          *pxat)

    def redis_benchmark(self, server, *args):
        """Requests a second as redis-benchmark sees them."""
        output = subprocess.run(
            ['redis-benchmark', '-p', str(server.port), '--csv',
             *map(str, args)], check=True, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True).stdout
        return float(output.splitlines()[-1].split(',')[1].strip('"'))


def both(measure):
    """{kind: measure (kind)}."""
    return {kind: measure(kind) for kind in KINDS}


def medians(runs, measure, of=statistics.median):
    """Medians of several runs that take turns, or what else OF makes of them;
    MEASURE gives a list of numbers, or one."""
    samples = {kind: [] for kind in KINDS}
    for _ in range(runs):
        for kind in KINDS:
            result = measure(kind)
            samples[kind].append(result if isinstance(result, (list, tuple))
                                 else [result])
    return {kind: [of(column) for column in zip(*rows)]
            for kind, rows in samples.items()}
