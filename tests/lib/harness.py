# SPDX-License-Identifier: GPL-3.0-or-later
"""What the scripts that drive real servers share: starting and stopping
servers on loopback, a RESP client that keeps the bytes it read, and the
closing line every run ends with.

Each Server has a temporary folder and a free port of its own, dies with the
script that started it, and is stopped by its process id."""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
REDIS = os.environ.get('REDIS_SERVER', 'redis-server')
TICKS = os.sysconf('SC_CLK_TCK')
PR_SET_PDEATHSIG = 1


def cofferd():
    """The daemon under test: $COFFERD, or the one of a build nearby."""
    for path in (os.environ.get('COFFERD'), 'src/cofferd',
                 TOP + '/_build/src/cofferd', TOP + '/src/cofferd'):
        if path and shutil.which(path):
            return os.path.abspath(shutil.which(path))
    sys.exit('no cofferd found: build it or name it in COFFERD')


def is_redis(binary):
    return os.path.basename(binary).startswith('redis-server')


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class ServerDied(Exception):
    """A server ended that should run; the text says how, with its log."""


class Server:
    """A server process; use it as a context manager."""

    def __init__(self, binary, *args, wrapper=(), debug=True, start_s=20):
        self.binary = shutil.which(binary) or binary
        self.dir = tempfile.mkdtemp(prefix='coffer-')
        self.port = free_port()
        self.socket = self.dir + '/socket'
        command = [*wrapper, self.binary, '--port', str(self.port),
                   '--bind', '127.0.0.1', '--unixsocket', self.socket]
        if debug:
            command += ['--enable-debug-command', 'yes']
        if is_redis(self.binary):
            command += ['--save', '']
        self.log = self.dir + '/log'
        self.last_words = None  # its log, once that is gone
        with open(self.log, 'wb') as log:
            self.process = subprocess.Popen(
                command + [str(arg) for arg in args], cwd=self.dir,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=die_with_parent)
        self.pid = self.process.pid
        try:
            self.wait_ready(start_s)
        except BaseException:
            self.stop()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.stop()

    def wait_ready(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise ServerDied(self.epitaph())
            if self.alive():
                return
            time.sleep(0.02)
        raise ServerDied('%s does not answer after %g s\n%s'
                         % (self.binary, seconds, self.log_tail()))

    def alive(self, timeout=5):
        """Whether it answers a PING, with whatever reply."""
        try:
            with Client(self.port, timeout) as client:
                return bool(client.raw('PING'))
        except (OSError, EOFError):
            return False

    def running(self):
        return self.process.poll() is None

    def epitaph(self):
        return '%s ended with status %s\n%s' % (
            self.binary, self.process.poll(), self.log_tail())

    def log_tail(self, size=10_000):
        if self.last_words is not None:
            return self.last_words
        with open(self.log, 'rb') as log:
            return log.read()[-size:].decode('latin1')

    def stop(self, timeout=10):
        """End it, by force when asking is not enough; its exit status."""
        if self.running():
            self.process.terminate()
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.last_words = self.log_tail()
        shutil.rmtree(self.dir, ignore_errors=True)
        return self.process.returncode

    def cpu_s(self):
        """Processor time used so far, user and system, in seconds."""
        with open('/proc/%d/stat' % self.pid) as stat:
            fields = stat.read().rsplit(')', 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def rss(self):
        """Resident memory in bytes."""
        with open('/proc/%d/statm' % self.pid) as statm:
            return int(statm.read().split()[1]) * os.sysconf('SC_PAGE_SIZE')


class ReplyError(Exception):
    """An error reply; never raised, only returned."""

    def __eq__(self, other):
        return isinstance(other, ReplyError) and str(self) == str(other)

    def __hash__(self):
        return hash(str(self))


def encode(*args):
    """A request as RESP sends it."""
    parts = [b'*%d\r\n' % len(args)]
    for arg in args:
        if not isinstance(arg, bytes):
            arg = str(arg).encode('latin1')
        parts.append(b'$%d\r\n%s\r\n' % (len(arg), arg))
    return b''.join(parts)


class Client:
    """A connection that reads replies as bytes or as Python values."""

    def __init__(self, port, timeout=10):
        self.socket = socket.create_connection(('127.0.0.1', port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile('rb')
        self.timeout = timeout

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def close(self):
        self.file.close()
        self.socket.close()

    def send(self, *args):
        self.socket.sendall(encode(*args))

    def send_bytes(self, data):
        self.socket.sendall(data)

    def line(self):
        line = self.file.readline()
        if not line.endswith(b'\n'):
            raise EOFError('connection closed')
        return line

    def exactly(self, size):
        data = self.file.read(size)
        if len(data) < size:
            raise EOFError('connection closed')
        return data

    def read_bytes(self):
        """One whole reply, byte for byte."""
        line = self.line()
        kind, rest = line[:1], line[1:-2]
        if kind in b'$!=' and rest != b'-1':
            return line + self.exactly(int(rest) + 2)
        if kind in b'*~>%|' and rest != b'-1':
            pairs = 2 if kind in b'%|' else 1
            parts = [line]
            for _ in range(int(rest) * pairs + (kind == b'|')):
                parts.append(self.read_bytes())
            return b''.join(parts)
        return line

    def read(self):
        """One reply as a value; attributes are dropped."""
        return parse(self.read_bytes())

    def raw(self, *args):
        self.send(*args)
        return self.read_bytes()

    def __call__(self, *args):
        self.send(*args)
        return self.read()


def parse(data):
    """The value of one reply, given as bytes."""
    value, rest = parse_one(data)
    if rest:
        raise ValueError('%d bytes too many' % len(rest))
    return value


def parse_one(data):
    line, rest = data.split(b'\r\n', 1)
    kind, text = line[:1], line[1:]
    if kind == b'+':
        return text, rest
    if kind == b'-':
        return ReplyError(text.decode('latin1')), rest
    if kind == b':':
        return int(text), rest
    if kind == b'_' or text == b'-1' and kind in b'$*':
        return None, rest
    if kind == b'#':
        return text == b't', rest
    if kind == b',':
        return float(text), rest
    if kind == b'(':
        return int(text), rest
    if kind in b'$!=':
        size = int(text)
        body, rest = rest[:size], rest[size + 2:]
        return (ReplyError(body.decode('latin1')) if kind == b'!' else
                body[4:] if kind == b'=' else body), rest
    if kind in b'*~>%|':
        count = int(text) * (2 if kind in b'%|' else 1)
        items = []
        for _ in range(count):
            item, rest = parse_one(rest)
            items.append(item)
        if kind == b'|':
            return parse_one(rest)
        return items, rest
    raise ValueError('no reply: %r' % line)


def closing_line(passed, failed, skipped):
    """Print the line every run ends with; the exit status it means."""
    print('%d passed, %d failed, %d skipped' % (passed, failed, skipped))
    sys.stdout.flush()
    return 1 if failed else 0
