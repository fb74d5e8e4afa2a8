# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs one unit of the Redis test suite against a running server.

The suite splits itself into a server, which hands out units and prints, and
clients, which run them.  Here this program is the server: it starts one
client for one unit and reads its packets.  A packet is a line with a size and
then that many characters, a Tcl list of status, text and milliseconds; the
socket is in Tcl's text mode, which writes CR LF for a line's end."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile

import harness

TOOLS = ('redis-cli', 'redis-benchmark', 'redis-check-rdb', 'redis-check-aof')
PATCHES = (
    # A server without FUNCTION is no reason to run nothing.
    ('tests/support/server.tcl', '    r function flush\n',
     '    catch {r function flush}\n'),
    # Tests that need a log are skipped one by one, not all those beside them.
    ('tests/support/server.tcl',
     '        r config set $param $val\n\n        # If we enable',
     '        if {$param eq {appendonly}} {dict unset saved_config $param; '
     'continue}\n'
     '        r config set $param $val\n\n        # If we enable'),
    # The search for a free port listens on every address: one is enough.
    ('tests/support/util.tcl', '[socket -server 127.0.0.1 $port]',
     '[socket -server 127.0.0.1 -myaddr 127.0.0.1 $port]'),
    # Users are any server's; only the sections below need files of their own.
    ('tests/unit/acl.tcl', '{tags {"acl external:skip"}}', '{tags {"acl"}}'),
    ('tests/unit/acl-v2.tcl', '{tags {"acl external:skip"}}',
     '{tags {"acl"}}'),
    ('tests/unit/auth.tcl', '{tags {"auth external:skip"}}',
     '{tags {"auth"}}'),
    # So are limits of clients and shard channels.
    ('tests/unit/client-eviction.tcl', 'tags {"external:skip"} {', 'tags {} {'),
    ('tests/unit/obuf-limits.tcl', '{tags {"obuf-limits external:skip"}}',
     '{tags {"obuf-limits"}}'),
    ('tests/unit/pubsubshard.tcl',
     'start_server {tags {"pubsubshard external:skip"}} {\n    test',
     'start_server {tags {"pubsubshard"}} {\n    test'),
)
WORD = re.compile(r'\s*(?:\{|"((?:[^"\\]|\\.)*)"|((?:[^\s\\]|\\.)+))', re.S)
ESCAPES = {'n': '\n', 't': '\t', 'r': '\r', 'a': '\a', 'b': '\b', 'f': '\f',
           'v': '\v'}


def unescape(text):
    return re.sub(r'\\(.)', lambda match:
                  ESCAPES.get(match.group(1), match.group(1)), text,
                  flags=re.S)


def braced(text, start):
    """The end of the braced word that opens just before START."""
    depth = 1
    at = start
    while depth:
        if text[at] == '\\':
            at += 1
        else:
            depth += {'{': 1, '}': -1}.get(text[at], 0)
        at += 1
    return at


def tcl_list(text):
    """The elements of a Tcl list."""
    words = []
    at = 0
    while at < len(text.rstrip()):
        match = WORD.match(text, at)
        if text[match.end() - 1] == '{' and match.group(2) is None \
           and match.group(1) is None:
            at = braced(text, match.end())
            words.append(text[match.end():at - 1])
        else:
            quoted, bare = match.groups()
            words.append(unescape(bare if quoted is None else quoted))
            at = match.end()
    return words


PAIRS = 'server', 'client', 'redis'


def make_certificates(folder):
    """What utils/gen-test-certs.sh of Redis makes, as far as it is used."""
    def openssl(*args):
        subprocess.run(('openssl', *args), cwd=folder, check=True,
                       stderr=subprocess.DEVNULL)
    os.makedirs(folder, exist_ok=True)
    key = ('-newkey', 'rsa:2048', '-nodes', '-subj')
    openssl('req', '-x509', '-days', '2', '-out', 'ca.crt', '-keyout',
            'ca.key', *key, '/CN=Certificate Authority')
    for name in PAIRS:
        openssl('req', '-out', name + '.csr', '-keyout', name + '.key', *key,
                '/CN=' + name)
        openssl('x509', '-req', '-days', '2', '-in', name + '.csr', '-CA',
                'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-out',
                name + '.crt')


class Tls:
    """The settings of a server for a unit that comes by TLS."""

    def __init__(self, suite):
        folder = suite.dir + '/tests/tls'
        make_certificates(folder)
        self.port = harness.free_port()
        self.settings = ('--tls-port', self.port,
                         '--tls-cert-file', folder + '/server.crt',
                         '--tls-key-file', folder + '/server.key',
                         '--tls-ca-cert-file', folder + '/ca.crt')


class Suite:
    """A working copy of the suite; a context manager."""

    def __init__(self, source):
        self.dir = tempfile.mkdtemp(prefix='coffer-suite-')
        shutil.copytree(source + '/tests', self.dir + '/tests')
        os.makedirs(self.dir + '/tests/tmp', exist_ok=True)
        os.mkdir(self.dir + '/src')
        for tool in TOOLS:
            if shutil.which(tool):
                os.symlink(shutil.which(tool), '%s/src/%s' % (self.dir, tool))
        for name, old, new in PATCHES:
            path = os.path.join(self.dir, name)
            with open(path, encoding='latin1') as script:
                text = script.read()
            assert old in text, name
            with open(path, 'w', encoding='latin1') as script:
                script.write(text.replace(old, new))

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        shutil.rmtree(self.dir, ignore_errors=True)


class Unit:
    """One run of one unit.

    results: (test, status, text) in the order in which the tests ended, the
    status as the suite calls it: ok, err, skip or ignore.
    current: the test that runs, or ran when it all ended.
    end: 'done', 'exception', 'hang' or 'crash'; text says more."""

    def __init__(self, suite, server, name, skips, hang_s=90, tls=None):
        self.name = name
        self.results = []
        self.current = None
        self.end = 'exception'
        self.text = ''
        skipfile = suite.dir + '/tests/tmp/skips'
        with open(skipfile, 'w', encoding='latin1') as out:
            out.write('\n'.join(skips))
        with socket.socket() as listener, \
                open(suite.dir + '/output', 'w+b') as output:
            listener.bind(('127.0.0.1', 0))
            listener.listen()
            listener.settimeout(30)
            process = subprocess.Popen(
                ['tclsh8.6', 'tests/test_helper.tcl', '--durable',
                 '--host', '127.0.0.1', '--port',
                 str(tls.port if tls else server.port),
                 '--skipfile', skipfile, *(['--tls'] if tls else []),
                 '--client', str(listener.getsockname()[1])],
                # A character is a byte then, whatever the names of tests have.
                env={**os.environ, 'LC_ALL': 'C'},
                cwd=suite.dir, stdin=subprocess.DEVNULL, stdout=output,
                stderr=output, start_new_session=True)
            try:
                self.drive(listener, server, hang_s)
            finally:
                # Load generators of the unit are in its process group.
                try:
                    os.killpg(process.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
                process.wait()
            if self.end == 'exception' and not self.text:
                output.seek(0)
                self.text = output.read().decode('latin1')

    def drive(self, listener, server, hang_s):
        connection = listener.accept()[0]
        connection.settimeout(hang_s)
        with connection, connection.makefile(encoding='latin1') as packets:
            while self.end == 'exception':
                try:
                    size = packets.readline()
                    if not size:
                        break
                    packet = packets.read(int(size))
                except socket.timeout:
                    self.end = 'hang'
                    break
                packet = tcl_list(packet)
                if packet[0] == 'err' and not server.running():
                    break
                self.on_packet(connection, *packet)
        if not server.running():
            self.end = 'crash'
            self.text = server.epitaph()

    def on_packet(self, connection, status, data, *rest):
        if status == 'ready':
            order = 'run ' + self.name
            connection.sendall(b'%d\n%s' % (len(order), order.encode()))
        elif status == 'testing':
            self.current = data
        elif status == 'err':
            self.on_error(data)
        elif status == 'ok' or status == 'skip':
            self.add(data, status)
        elif status == 'ignore' and ': ' in data.removeprefix('Tag: '):
            test, _, why = data.rpartition(': ')
            self.add(test.removesuffix(': Tag'), status, why)
        elif status == 'exception':
            self.text = data
        elif status == 'done':
            self.end = 'done'

    def on_error(self, data):
        """A failed test, or an error between tests, which ends a block."""
        name, _, text = data.partition('\n')
        test = name.partition(' in tests/')[0]
        if test == self.current:
            self.add(test, 'err', text)
        else:
            self.add('(between tests, after: %s)' % self.last(), 'err', data)

    def add(self, test, status, text=''):
        self.results.append((test, status, text))
        if test == self.current:
            self.current = None

    def last(self):
        return self.results[-1][0] if self.results else 'nothing'
