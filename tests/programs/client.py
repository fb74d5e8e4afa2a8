# SPDX-License-Identifier: GPL-3.0-or-later
"""coffer beside redis-cli: the same options, the same replies, the same output
to the byte."""

import os
import re
import shutil
import socket
import subprocess
import threading

import tap
from tap import case, equal

if not shutil.which('redis-cli'):
    tap.skip_all('redis-tools is not installed')

CLIENTS = {'redis-cli': 'redis-cli', 'coffer': os.environ['COFFER']}
HELLO = b'%1\r\n$5\r\nproto\r\n:3\r\n'


class Canned:
    """A server that knows one answer."""

    def __init__(self, answer):
        self.answer = answer
        self.requests = []
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            with client, client.makefile('rb') as file:
                self.serve_client(client, file)

    def serve_client(self, client, file):
        while True:
            line = file.readline()
            if line == b'\r\n':
                continue
            if not line.startswith(b'*'):
                return
            words = []
            for _ in range(int(line[1:])):
                size = int(file.readline()[1:])
                words.append(file.read(size + 2)[:-2])
            self.requests.append(words)
            if words[0].upper() == b'HELLO':
                client.sendall(HELLO)
            elif words[0].upper() in (b'AUTH', b'SELECT'):
                client.sendall(b'+OK\r\n')
            else:
                client.sendall(self.answer)

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def run(name, port, args, stdin, env=None):
    """What the client @name prints, in which each is called CLIENT."""
    done = subprocess.run(
        [CLIENTS[name], '-p', str(port), *args], input=stdin,
        capture_output=True, timeout=20,
        env=dict(os.environ, LC_ALL='C', **(env or {})))
    return done.returncode, done.stdout, done.stderr


def same_of(answer, *args, stdin=b'', env=None, requests=None):
    """Both make the same requests, or as far as @requests, of a server that
    gives @answer."""
    told = []
    for name in CLIENTS:
        server = Canned(answer)
        outcome = run(name, server.port, args, stdin, env)
        told.append((server.requests[:requests], outcome))
        server.close()
    if told[0] != told[1]:
        raise AssertionError('%r %r\n  %r\n  %r' % (args, answer, *told))


def same(*args, stdin=b'', before=()):
    """Both run on the server, each after a FLUSHALL and @before."""
    told = []
    for name in CLIENTS:
        for command in (['flushall'], *before):
            subprocess.run(['redis-cli', '-p', str(tap.PORT), *command],
                           capture_output=True, check=True)
        told.append(run(name, tap.PORT, args, stdin))
    if told[0] != told[1]:
        raise AssertionError('%r\n  %r\n  %r' % (args, *told))


REPLIES = [
    b'+OK\r\n', b'+\r\n', b'-ERR no such thing\r\n', b':42\r\n', b':-1\r\n',
    b'$5\r\nhello\r\n', b'$0\r\n\r\n', b'$-1\r\n', b'*-1\r\n', b'*0\r\n',
    b'$14\r\n"\\\r\n\t\0\x01\x7f\xffu\xc3\xbc\b\a\r\n',
    b'$9\r\ntwo\nlines\r\n',
    b'*3\r\n$1\r\na\r\n:2\r\n$-1\r\n',
    b'*2\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n*3\r\n:1\r\n*1\r\n+x\r\n*0\r\n',
    b'*2\r\n-ERR inside\r\n+OK\r\n',
    b'*11\r\n' + b''.join(b':%d\r\n' % n for n in range(11)),
    b'*1\r\n*1\r\n*1\r\n$4\r\ndeep\r\n',
    b'*2\r\n*1\r\n*2\r\n:1\r\n:2\r\n*11\r\n' + b'*2\r\n:7\r\n$1\r\nx\r\n' * 11,
]
REPLIES_3 = [
    b'_\r\n', b'#t\r\n', b'#f\r\n', b',3.25\r\n', b',inf\r\n', b',-inf\r\n',
    b',1e-7\r\n', b',10\r\n',
    b'=15\r\ntxt:Some string\r\n', b'=8\r\nmkd:*hi*\r\n',
    b'%0\r\n', b'~0\r\n',
    b'%2\r\n$1\r\na\r\n:1\r\n$1\r\nb\r\n*2\r\n:2\r\n:3\r\n',
    b'%2\r\n:1\r\n+x\r\n#t\r\n,1.5\r\n',
    b'%1\r\n$1\r\nm\r\n%1\r\n$1\r\nn\r\n~2\r\n$1\r\no\r\n$1\r\np\r\n',
    b'~3\r\n$1\r\na\r\n#f\r\n_\r\n',
    b'*2\r\n%1\r\n$1\r\na\r\n$1\r\nb\r\n%1\r\n$1\r\nc\r\n*2\r\n:1\r\n:2\r\n',
    b'*3\r\n,0.1\r\n=7\r\ntxt:abc\r\n:123\r\n',
    b'%12\r\n' + b''.join(b'$2\r\n%02d\r\n:%d\r\n' % (n, n)
                          for n in range(12)),
]
FORMATS = [[], ['--no-raw'], ['--raw'], ['--csv'], ['--json'],
           ['--quoted-json'], ['--json', '-2'], ['-3', '--csv', '--no-raw']]


@case
def replies_of_resp2():
    for reply in REPLIES:
        for args in FORMATS:
            same_of(reply, *args, 'get', 'k')


@case
def replies_of_resp3():
    for reply in REPLIES_3:
        for args in FORMATS[:-2]:
            same_of(reply, '-3', *args, 'get', 'k')


@case
def delimiters():
    for reply in REPLIES[5], REPLIES[12], REPLIES[13], REPLIES_3[15]:
        same_of(reply, '-d', ', ', 'get', 'k')
        same_of(reply, '-D', '', 'get', 'k')
        same_of(reply, '-d', '\\n', '-D', '--', '-r', '2', 'get', 'k')


@case
def pushes():
    push = b'>2\r\n$10\r\ninvalidate\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n'
    for reply in (push + b'+OK\r\n', b'>2\r\n+other\r\n:1\r\n+OK\r\n',
                  push[:21] + b'_\r\n' + b'+OK\r\n'):
        for args in FORMATS[:-2]:
            same_of(reply, '-3', '--show-pushes', 'yes', *args, 'get', 'k')
            same_of(reply, '-3', *args, 'get', 'k')


@case
def text_for_people():
    text = b'# Server\r\na:1\r\n\r\n# Clients\r\nb:2\r\n'
    for reply in (b'$%d\r\n%s\r\n' % (len(text), text),
                  b'=%d\r\ntxt:%s\r\n' % (len(text) + 4, text),
                  b'-ERR no\r\n'):
        for command in (['info'], ['client', 'list'], ['lolwut'],
                        ['memory', 'doctor'], ['latency', 'doctor'],
                        ['cluster', 'info'], ['client', 'info'],
                        ['debug', 'htstats', '0']):
            for args in ([], ['--no-raw'], ['--csv'], ['--json'], ['-3']):
                same_of(reply, *args, *command)


@case
def who_and_where():
    same_of(b'+OK\r\n', '-a', 'secret', 'ping')
    same_of(b'+OK\r\n', '--pass', 'secret', '--user', 'anne', 'ping')
    same_of(b'+OK\r\n', '-a', 'secret', '--no-auth-warning', '-n', '3', 'ping')
    same_of(b'+OK\r\n', 'ping', env={'REDISCLI_AUTH': 'secret'})
    same_of(b'+OK\r\n', '-n', '7', '-3', 'ping')
    for uri in ('redis://127.0.0.1:%d', 'redis://pass@127.0.0.1:%d/2',
                'redis://anne:p%%40ss@127.0.0.1:%d/5'):
        told = []
        for name in CLIENTS:
            server = Canned(b'+OK\r\n')
            told.append((run(name, 1, ['-u', uri % server.port, 'ping'], b''),
                         server.requests))
            server.close()
        equal(told[1], told[0])


@case
def arguments():
    same_of(b'+OK\r\n', 'set', 'k', '-1')
    same_of(b'+OK\r\n', '-x', 'set', 'k', stdin=b'with\0nul\n')
    same_of(b'+OK\r\n', '-X', 'tag', 'restore', 'k', '0', 'tag', 'replace',
            stdin=b'\xff\n')
    same_of(b'+OK\r\n', '--quoted-input', 'set', '"a\\x00b"', "'c d'")
    same_of(b'+OK\r\n', '-r', '3', '-i', '0.01', 'ping')
    same_of(b'-ERR bad\r\n', '-e', 'ping')
    same_of(b'-ERR bad\r\n', 'ping')
    same_of(b'*1\r\n-ERR bad\r\n', '-e', 'exec')


@case
def lines_from_stdin():
    lines = (b'set k "v\\x00\\n"\nget k\nincr k\n\n  mget k none \n'
             b'get "unbalanced\n3 incr n\nmulti\nset a 1\nexec\nselect 2\n'
             b'dbsize\nselect 0\n')
    for args in [], ['--no-raw'], ['--csv'], ['--json'], ['-3', '--no-raw']:
        same(*args, stdin=lines)
    same('-e', stdin=b'incr\nset k x\nincr k\nping\n')


@case
def scan():
    keys = b'*2\r\n$1\r\n0\r\n*3\r\n$2\r\na\n\r\n$2\r\n\xc3\xbc\r\n$1\r\nc\r\n'
    for args in ([], ['--no-raw'], ['--csv'], ['--json'], ['-3'],
                 ['--pattern', 'x*'], ['--quoted-pattern', '"\\x00*"']):
        same_of(keys, '--scan', *args)
    load = ['debug', 'populate', '500', 'key', '3']
    for args in ([], ['--no-raw'], ['--pattern', 'key:4?'], ['-i', '0.001']):
        same('--scan', *args, before=[load])


@case
def pipe():
    for data in (b'SET a 1\r\nINCR a\r\nGET a\r\n', b'', b'NOSUCH\r\n',
                 b'*1\r\n$4\r\nPING\r\n*2\r\n$4\r\nINCR\r\n$1\r\na',
                 b'*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$9\r\n123456789\r\n' * 9999,
                 b'PING\r\n' * 50000, b'MGET%s\r\n' % (b' k' * 5000) * 50):
        same('--pipe', stdin=data)
    same_of(b'+PONG\r\n', '--pipe', '--pipe-timeout', '1',
            stdin=b'*1\r\n$4\r\nPING\r\n', requests=1)


@case
def latency():
    for args, pattern in (
            ([], r'[0-9]+ [0-9]+ [0-9]+\.[0-9]{2} [0-9]+\n'),
            (['--csv'], r'[0-9]+,[0-9]+,[0-9]+\.[0-9]{2},[0-9]+\n'),
            (['--json'], r'{"min": [0-9]+, "max": [0-9]+, '
                         r'"avg": [0-9]+\.[0-9]{2}, "count": [0-9]+}\n')):
        for name in CLIENTS:
            status, out, err = run(
                name, tap.PORT, ['--latency', '-i', '0.1', *args], b'')
            equal((status, err), (0, b''))
            assert re.fullmatch(pattern, out.decode()), (name, out)


@case
def on_a_server():
    for command in (['set', 'k', 'v'], ['get', 'none'], ['mget', 'k', 'l'],
                    ['command', 'info', 'get'], ['get'], ['nosuch', 'x'],
                    ['debug', 'protocol', 'map'], ['object', 'help'],
                    ['config', 'get', 'maxmemory*'], ['time', 'x']):
        for args in ([], ['--no-raw'], ['--csv'], ['--json'],
                     ['-3', '--no-raw'], ['-3']):
            same(*args, *command, before=[['set', 'k', 'v']])


tap.run()
