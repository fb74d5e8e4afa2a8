# SPDX-License-Identifier: GPL-3.0-or-later
"""Random commands of several clients, some of which wait for others.

A step is what one client sends that does not wait: a command, or a block of
them.  After each, those whose wait is over on redis-server must have the same
replies from cofferd, and no others may have one.  "@N" is the id of client N;
the other words to fill in are those of chance.py.

A key that has another type is removed before something is stored there: those
who wait for it are served by cofferd, and forgotten by redis-server."""

import random
import select
import time

import chance
import compare
import harness
from harness import parse

N_CLIENTS = 7
ROUND = 60
SHRINK_TRIES = 300
PATIENCE_S = 5
SHRINK_PATIENCE_S = 0.2

WAITING = '''
BLPOP +K 0
BLPOP +K 0
BRPOP +K 0
BLMOVE K K LEFT|RIGHT LEFT|RIGHT 0
BRPOPLPUSH K K 0
BLMPOP 0 1 K LEFT|RIGHT ?COUNT:C
BLMPOP 0 2 K K LEFT|RIGHT ?COUNT:C
BZPOPMIN +K 0
BZPOPMAX +K 0
BZMPOP 0 2 K K MIN|MAX ?COUNT:C
XREAD BLOCK 0 STREAMS K $
XREAD ?COUNT:1 BLOCK 0 STREAMS K K $ $
XREAD BLOCK 0 STREAMS K 5
XREADGROUP GROUP g A ?COUNT:1 BLOCK 0 STREAMS K >
XREADGROUP GROUP g A BLOCK 0 ?NOACK STREAMS K K > >
'''
DOING = '''
LPUSH K +E
RPUSH K +E
RPUSH K E E E
LPUSH K E
LPUSHX K E
LINSERT K BEFORE E E
LSET K 0 E
LPOP K
LTRIM K 1 -1
LREM K 0 E
LMOVE K K LEFT RIGHT
RPOPLPUSH K K
LMPOP 1 K LEFT
ZADD K 1 E 2 E
ZADD K +S:E
ZADD K XX 1 E
ZINCRBY K 1 E
ZREM K E
ZPOPMIN K
DEL T ; ZUNIONSTORE T! 2 K K
DEL T ; ZRANGESTORE T! K 0 -1
GEOADD K 1 1 E
XADD K N f E
XADD K N f E
XADD K MAXLEN 0 N f E
XADD K NOMKSTREAM N f E
XGROUP CREATE K g $|0 MKSTREAM
XGROUP CREATE K g $|0 MKSTREAM
XGROUP DESTROY K g
XGROUP SETID K g 0
XGROUP DELCONSUMER K g A
XDEL K N
XSETID K N
SADD K E
SET K E
DEL K
DEL K K
UNLINK K
RENAME K K
RENAMENX K K
COPY K K REPLACE
EXPIRE K -1
PEXPIREAT K 1
MOVE K 1
SELECT 0|1
SWAPDB 0 1
FLUSHDB
FLUSHALL
DEL T ; SORT K ALPHA STORE T!
RESTORE K 0 P ?REPLACE
CLIENT UNBLOCK U ?TIMEOUT|ERROR
CLIENT UNBLOCK U
EVAL W 2 K K
TYPE K
'''
SCRIPTS = (
    "redis.call('RPUSH', KEYS[1], 1, 2) return redis.call('LPOP', KEYS[1])",
    "redis.call('DEL', KEYS[1]) redis.call('RPUSH', KEYS[1], 1) "
    "redis.call('RPUSH', KEYS[2], 2) redis.call('DEL', KEYS[1]) "
    "redis.call('ZADD', KEYS[1], 1, 'a')",
    "return redis.call('BLPOP', KEYS[1], KEYS[2], 0)",
    "redis.call('RPUSH', KEYS[1], 1, 2, 3) return redis.call('BLMOVE', "
    "KEYS[1], KEYS[2], 'LEFT', 'RIGHT', 0)",
)


class Maker(chance.Maker):
    """Makes steps."""

    def __init__(self, seed):
        super().__init__(Words, seed)

    def key(self):
        return 'k%d' % self.chance.randrange(self.n_keys)

    def target(self):
        self.last_key = self.key()
        return self.last_key

    def template(self, templates):
        """Which of several keys is ready first after SWAPDB is up to
        redis-server's hash function."""
        while True:
            template = self.chance.choice(templates)
            if self.n_keys == 1 or not template.startswith('SWAPDB'):
                return template

    def commands(self, templates):
        """One, or those that belong together."""
        made = []
        for template in self.template(templates).split(' ; '):
            parts = template.split()
            command = parts[:1]
            for part in parts[1:]:
                command += self.words(part)
            made.append([str(word).encode('latin1') for word in command])
        return made

    def step(self):
        """Who, and what."""
        who = self.chance.randrange(N_CLIENTS)
        kind = self.chance.random()
        if kind < 0.45:
            return who, self.commands(Words.waiting)
        if kind < 0.88:
            block = self.commands(Words.doing)
            if len(block) == 1:
                return who, block
        else:
            block = [command for _ in range(self.chance.randint(1, 4))
                     for command in self.commands(
                         Words.doing if self.chance.random() < 0.8
                         else Words.waiting)]
        return who, [[b'MULTI'], *block, [b'EXEC']]

    def steps(self):
        self.n_keys = self.chance.choice((1, 2, 3, 5))
        self.stream_ms = 0
        return [self.step() for _ in range(ROUND)]


def new_id(maker):
    maker.stream_ms += maker.chance.choice((0, 1, 1))
    return '%d-%s' % (maker.stream_ms, maker.chance.choice((1, '*')))


class Words:
    """What the templates have to fill in."""
    waiting = WAITING.strip().split('\n')
    doing = DOING.strip().split('\n')
    fill = dict(chance.FILL)
    fill.update({
        'K': Maker.key,
        'T': Maker.target,
        'T!': lambda maker: maker.last_key,
        'E': lambda maker: maker.chance.choice('abc123'),
        'S': lambda maker: maker.chance.choice((1, 2, -1, 1.5)),
        'N': new_id,
        'A': lambda maker: maker.chance.choice('xy'),
        'C': lambda maker: maker.chance.choice((1, 2, 10)),
        'U': lambda maker: '@%d' % maker.chance.randrange(N_CLIENTS),
        'W': lambda maker: maker.chance.choice(SCRIPTS),
        'P': lambda maker: maker.chance.choice(PAYLOADS),
    })


# A list of 1 and 2, and a sorted set of two, as DUMP has them.
PAYLOADS = (
    b'\x12\x01\x02\xc3\x15@U\x0dU\x00\x00\x00\x03\x00\x81a\x02\x01\x01'
    b'\xe0Fx\xe0<\x00\x01H\xff\x0a\x00V_\x7fM\x8e\xb2\x06\x8b'
    .decode('latin1'),
    b'\x11\x14\x14\x00\x00\x00\x04\x00\x81a\x02\x01\x01\x81b\x02\x833.5'
    b'\x04\xff\x0a\x00&\xa3lG\x10\x19p\xb5'.decode('latin1'),
)


class Side:
    """The clients of one server."""

    def __init__(self, port, protocol, seconds):
        self.seconds = seconds
        self.clients = [self.open(port, protocol) for _ in range(N_CLIENTS)]
        self.ids = [client('CLIENT', 'ID') for client in self.clients]
        self.control = self.open(port, protocol)
        self.control('FLUSHALL')
        self.control('CONFIG', 'SET', 'notify-keyspace-events', 'KEAmn')
        self.watcher = self.open(port, protocol)
        for pattern in ('__key*', chance.END):
            self.watcher.raw('PSUBSCRIBE', pattern)

    def open(self, port, protocol):
        client = harness.Client(port, self.seconds)
        client('HELLO', protocol)
        return client

    def close(self):
        for client in [*self.clients, self.control, self.watcher]:
            client.close()

    def send(self, who, command):
        self.clients[who].send_bytes(
            chance.encode([self.word(word) for word in command]))

    def word(self, word):
        if word[:1] == b'@':
            return str(self.ids[int(word[1:])]).encode()
        return word

    def n_waiting(self):
        for line in self.control('INFO', 'clients').split(b'\r\n'):
            if line.startswith(b'blocked_clients:'):
                return int(line.split(b':')[1])

    def has_reply(self, who, seconds=0):
        return bool(select.select([self.clients[who].socket], [], [],
                                  seconds)[0])

    def read(self, who):
        try:
            return self.clients[who].read_bytes()
        except TimeoutError:
            return compare.TIMEOUT
        except (EOFError, ConnectionError):
            return compare.EOF

    def settle(self, n_waiting, seconds):
        """Wait until so many clients wait; whether it came to that."""
        end = time.monotonic() + seconds
        while self.n_waiting() != n_waiting:
            if time.monotonic() > end:
                return False
        return True

    def events(self):
        self.control('PUBLISH', chance.END, '')
        events = []
        while True:
            channel, text = parse(self.watcher.read_bytes())[2:]
            if channel == chance.END.encode():
                return events
            events.append(b'%s %s' % (channel, text))


class Play:
    """Steps on both servers, until they differ."""

    def __init__(self, ports, protocol, seconds):
        self.seconds = seconds
        self.redis, self.coffer = (Side(port, protocol, seconds)
                                   for port in ports)
        self.waiting = set()

    def close(self):
        self.redis.close()
        self.coffer.close()

    def first_reply(self, who, command):
        """What redis-server answers at once; None when it waits."""
        self.redis.send(who, command)
        while not self.redis.has_reply(who, 0.0005):
            if self.redis.n_waiting() > len(self.waiting) and \
               not self.redis.has_reply(who):
                return None
        return self.redis.read(who)

    def step(self, who, command):
        """What differs, as a text; None when nothing does."""
        first = self.first_reply(who, command)
        self.coffer.send(who, command)
        if first is None:
            self.waiting.add(who)
        self.redis.control('PING')
        self.redis.control('PING')
        served = {one: self.redis.read(one) for one in sorted(self.waiting)
                  if self.redis.has_reply(one)}
        self.waiting -= set(served)
        if first is not None:
            served[who] = first
        for one, reply in served.items():
            found = self.differ(one, reply, self.coffer.read(one))
            if found:
                return found
        if not self.coffer.settle(len(self.waiting), self.seconds):
            return 'redis has %d waiting, cofferd %d' % (
                len(self.waiting), self.coffer.n_waiting())
        for one in range(N_CLIENTS):
            if self.coffer.has_reply(one):
                return self.differ(one, b'(waits)', self.coffer.read(one))
        one, other = self.redis.events(), self.coffer.events()
        if one != other:
            return '  events: redis %r\n  cofferd %r' % (one, other)
        return None

    @staticmethod
    def differ(who, one, other):
        if compare.agree(one, other, {'idle': ''}):
            return None
        return '  to client %d: redis   %r\n  cofferd %r' % (who, one, other)


def difference(ports, protocol, steps, seconds=PATIENCE_S):
    """(at, text) of the first step that makes a difference."""
    play = Play(ports, protocol, seconds)
    try:
        for at, (who, commands) in enumerate(steps):
            for command in commands:
                found = who not in play.waiting and play.step(who, command)
                if found:
                    return at, found
        return None
    finally:
        play.close()


def run(ports, protocol, seed, count):
    """Compare COUNT steps; how many agreed and how many rounds did not."""
    maker = Maker(seed)
    passed = failed = 0
    for _ in range(0, count, ROUND):
        steps = maker.steps()
        found = difference(ports, protocol, steps)
        if not found:
            passed += ROUND
            continue
        failed += 1
        print('waiting, seed %d: %s' % (seed, found[1]))
        steps = chance.shrink(
            steps[:found[0] + 1],
            lambda shorter: difference(ports, protocol, shorter,
                                       SHRINK_PATIENCE_S),
            SHRINK_TRIES)
        found = difference(ports, protocol, steps) or found
        for who, commands in steps:
            print('  %d: %s' % (who, ' ; '.join(
                ' '.join(map(chance.printed, command))
                for command in commands)))
        print(found[1])
    return passed, failed
