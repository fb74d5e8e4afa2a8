# SPDX-License-Identifier: GPL-3.0-or-later
"""Random commands for two servers.  A sequence whose replies differ is made
as short as it can be before it is printed, so that what it needs is seen.

The commands of a family are those of chance_FAMILY.py, which has
  TEMPLATES   one command a line; see below
  EVENTS_ANY_ORDER  (optional) True: the events of a round may come in any
  FILL        (optional) {word: function of the maker}: what a word becomes,
              beside those of FILL here
  MARKS       (optional) {command: marks}: how replies are compared, as in a
              table; such commands stay out of transactions
and, one time in four, those of chance_keys.py, which any key may get.

A template is a command with words to fill in: see FILL.  "?" before a word
leaves it out now and then, "|" separates alternatives, ":" joins words that
go together, "+" repeats one up to four times.  "K!" is the key that was last
filled in, and ";" begins another command that must follow: so a key whose
value is up to chance can be removed."""

import glob
import importlib
import os
import random
import re

import compare
from harness import parse

END = 'end of round'
ROUND = 250
SHRINK_TRIES = 400
INTEGERS = (0, 1, -1, 2, 7, 8, -8, 31, 63, 64, 100, 255, 256, 9999, 10000,
            2**31 - 1, 2**31, 2**32, 2**53, 2**63 - 1, -2**63, 2**63, -2**63 - 1,
            2**64, '', 'x', '1x', ' 1', '+1', '01', '-0', '1.0', '1e3')
FLOATS = ('0', '1', '-1', '3.14', '-2.5', '1e3', '0.1', '1e-5', '5.0e3',
          '1e300', '1e308', '-1e308', '17179869184', '3.0', '1e17', '1e18',
          '123456789.123456789', 'inf', '-inf', 'nan', '', 'x', ' 1', '1 ',
          '0x10', '.5', '5.', '+1', '1e5000')
TEXTS = ('', 'a', 'foo', 'foobar', 'hello world', 'ab' * 20, 'x' * 44,
         'x' * 45, '\0', '\xff\xf0\0', 'mynewtext', 'ohmytext', '\r\n',
         '\x80\x7f' * 9, '%', '\u00e9')
GLOBS = ('*', 'k?', 'k[1-3]', 'k[^1]', '*1*', 'nothing', 'k\\1', '[', '')


def families():
    """The names of all families."""
    here = os.path.dirname(os.path.abspath(__file__))
    names = [os.path.basename(path)[len('chance_'):-len('.py')]
             for path in glob.glob(here + '/chance_*.py')]
    return sorted(set(names) - {'keys'})


class Family:
    """What one module and that of the keys say."""

    def __init__(self, name):
        modules = [importlib.import_module('chance_' + part)
                   for part in ('keys', name)]
        self.shared, self.own = (module.TEMPLATES.strip().split('\n')
                                 for module in modules)
        self.fill = dict(FILL)
        self.marks = {}
        self.events_any_order = getattr(modules[1], 'EVENTS_ANY_ORDER', False)
        for module in modules:
            self.fill.update(getattr(module, 'FILL', {}))
            self.marks.update(getattr(module, 'MARKS', {}))

    def marks_of(self, command):
        name = command[0].decode('latin1').upper()
        if name == 'OBJECT' and len(command) > 1:
            name = command[1].decode('latin1').upper()
        return self.marks.get(name, {})


class Maker:
    """Makes the commands of a family that follow from a seed."""

    def __init__(self, family, seed):
        self.family = family
        self.chance = random.Random(seed)
        self.in_multi = False
        self.last_key = 'k0'

    def key(self):
        self.last_key = 'k%d' % self.chance.randrange(8)
        return self.last_key

    def integer(self):
        chance = self.chance
        if chance.random() < 0.5:
            return chance.randint(-12, 40)
        return chance.choice(INTEGERS)

    def value(self):
        chance = self.chance
        kind = chance.random()
        if kind < 0.4:
            return self.integer()
        if kind < 0.5:
            return chance.choice(FLOATS)
        if kind < 0.9:
            return chance.choice(TEXTS)
        return ''.join(chr(chance.randrange(256))
                       for _ in range(chance.randrange(200)))

    def fill(self, word):
        chance = self.chance
        if word in self.family.fill:
            return self.family.fill[word](self)
        return chance.choice((word, word.lower())) if word.isupper() else word

    def words(self, part):
        """What one word of a template becomes."""
        chance = self.chance
        if part.startswith('?'):
            return self.words(part[1:]) if chance.random() < 0.4 else []
        if part.startswith('+'):
            return [word for _ in range(chance.randint(1, 4))
                    for word in self.words(part[1:])]
        return [self.fill(word)
                for word in chance.choice(part.split('|')).split(':')]

    def template(self):
        """One that can be compared here: in a transaction, what is the same
        on both servers."""
        while True:
            shared = self.chance.random() < 0.25
            template = self.chance.choice(
                self.family.shared if shared else self.family.own)
            names = template.split()[:2]
            if not self.in_multi or (names[0] != 'OBJECT' and
                                     names[0] not in self.family.marks):
                return template

    def step(self):
        """One command, or those that belong together."""
        made = []
        for template in self.template().split(' ; '):
            parts = template.split()
            if parts[0] in ('MULTI', 'EXEC', 'DISCARD'):
                self.in_multi = parts[0] == 'MULTI'
            command = [parts[0]]
            for part in parts[1:]:
                command += self.words(part)
            made.append([str(word).encode('latin1') for word in command])
        return made


FILL = {
    'K': Maker.key,
    'K!': lambda self: self.last_key,
    'V': Maker.value,
    'I': Maker.integer,
    'F': lambda self: self.chance.choice(FLOATS),
    'D': lambda self: self.chance.choice((0, 0, 0, 1, 2, 15, 16, -1, 'x')),
    'G': lambda self: self.chance.choice(GLOBS),
    'S': lambda self: self.chance.choice((1000, 2000, 5000, 100000)),
    'M': lambda self: self.chance.choice((900000, 2000000, 5000000)),
    'L': lambda self: self.chance.choice((5000000000, 6000000000)),
    'N': lambda self: self.chance.choice((5000000000000, 6000000000123)),
    'T': lambda self: self.chance.choice((5000000000, 6000000000, 1)),
    'U': lambda self: self.chance.choice((5000000000000, 6000000000123, 1)),
}


class Pair:
    """A client of a server, and one that hears of every change."""

    def __init__(self, client, watcher):
        self.client = client
        self.watcher = watcher
        client.raw('CONFIG', 'SET', 'notify-keyspace-events', 'KEAmn')
        for pattern in ('__key*', END):
            watcher.raw('PSUBSCRIBE', pattern)

    def replies(self, commands):
        """The replies to commands on an empty keyspace, and the events."""
        before = [b'DISCARD'], [b'UNWATCH'], [b'SELECT', b'0'], [b'FLUSHALL']
        after = [b'DISCARD'], [b'PUBLISH', END.encode(), b'']
        self.client.send_bytes(b''.join(
            encode(command) for command in [*before, *commands, *after]))
        for _ in before:
            self.client.read_bytes()
        replies = [self.client.read_bytes() for _ in commands]
        for _ in after:
            self.client.read_bytes()
        return replies, self.events()

    def events(self):
        """What happened to which key, since this was last asked."""
        events = []
        while True:
            channel, text = parse(self.watcher.read_bytes())[2:]
            if channel == END.encode():
                return events
            events.append(b'%s %s' % (channel, text))


def encode(command):
    return b'*%d\r\n' % len(command) + b''.join(
        b'$%d\r\n%s\r\n' % (len(word), word) for word in command)


def difference(redis, coffer, family, steps):
    """(step, redis's reply, cofferd's) of the first that differ.  A step is
    one command, or those that belong together."""
    commands = [(at, command) for at, step in enumerate(steps)
                for command in step]
    words = [command for _, command in commands]
    (ones, events), (others, other_events) = (redis.replies(words),
                                              coffer.replies(words))
    for (at, command), one, other in zip(commands, ones, others):
        if not compare.agree(one, other, family.marks_of(command)):
            return at, one, other
    if family.events_any_order:
        events, other_events = sorted(events), sorted(other_events)
    if events != other_events:
        return (len(steps) - 1, *first_difference(events, other_events))
    return None


def first_difference(events, others):
    """What the one server told at the first event that differs, and the
    other."""
    for at, pair in enumerate(zip(events, others)):
        if pair[0] != pair[1]:
            break
    else:
        at = min(len(events), len(others))
    return events[at:at + 3], others[at:at + 3]


def shrink(steps, find, most):
    """The shortest sequence found that still makes a difference, of which FIND
    tells the first step, in MOST tries."""
    size = len(steps) // 2
    tries = 0
    while size and tries < most:
        at = 0
        while at < len(steps) and tries < most:
            shorter = steps[:at] + steps[at + size:]
            tries += 1
            found = find(shorter)
            if found:
                steps = shorter[:found[0] + 1]
            else:
                at += size
        size //= 2
    return steps


def printed(word):
    text = repr(word)[2:-1]
    return text if re.match(r'[!-~]+\Z', text) else '"%s"' % text


def run(redis, coffer, name, seed, count):
    """Compare COUNT random commands of a family, and the events they make;
    how many agreed and how many rounds did not.  @redis and @coffer are two
    clients of each."""
    redis, coffer = Pair(*redis), Pair(*coffer)
    family = Family(name)
    maker = Maker(family, seed)
    passed = failed = 0
    for _ in range(0, count, ROUND):
        steps = [maker.step() for _ in range(ROUND)]
        maker.in_multi = False
        found = difference(redis, coffer, family, steps)
        if not found:
            passed += ROUND
            continue
        failed += 1
        steps = shrink(
            steps[:found[0] + 1],
            lambda shorter: difference(redis, coffer, family, shorter),
            SHRINK_TRIES)
        at, one, other = difference(redis, coffer, family, steps) or found
        print('random %s, seed %d:' % (name, seed))
        for command in sum(steps, []):
            print('  ' + ' '.join(printed(word) for word in command))
        print('  redis   %r\n  cofferd %r' % (one, other))
    return passed, failed
