# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the tables of exchanges.

A table is a text file of sections; each begins with "== NAME" and gets an
empty keyspace and new connections.  Words in brackets after the name: resp2
or resp3 (only that protocol), hello (connections say no HELLO first), fresh
(servers started anew).  Then one exchange a line, "#" begins a comment:

    [~MARK]... [CONNECTION:] WORD...

Words are separated by blanks; "..." takes \\n \\r \\t \\" \\\\ \\xHH; <a*3> is
"aaa"; $NAME is a value kept before.  A connection is one capital letter, A
when none is given, and is opened at its first use.  Marks:

    ~any-order    elements may come in any order, on every level
    ~shape        only the kinds and numbers of the values must agree
    ~kind         only the kind of the whole reply must agree
    ~near=N       numbers may differ by N
    ~mask=REGEX   what it matches may differ
    ~end          only the end must agree: closed by the server, or not
    ~keep=NAME    keeps the value of the reply as $NAME, compares its kind
    ~send         does not wait for the reply; "recv" reads it later
    ~scan         runs a SCAN to its end; its keys are the reply
    ~docs         compares only the facts of a COMMAND DOCS
    ~client       compares lines about clients without what is each one's own
    ~notes        compares a COMMAND INFO without the notes
    ~help         compares only the first line of a help text
    ~idle         compares what is told of a stream without the times
    ~words        the words of each text may come in any order
    ~lines        the lines of a text may come in any order
    ~fields       compares only the names before ':' in an INFO
    ~redis-only=REASON   is not sent: counted as skipped; "-" for a blank

Some words are no commands:

    raw N "..."...  sends bytes, then reads N replies; N may be "eof": reads
                  until the connection is closed
    recv [N]      reads N more replies
    eof           expects that the connection is closed
    close         closes the connection
    sleep MS      lets that time pass"""

import re

TOKEN = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|<(.*?)\*(\d+)>|(\S+))')
ESCAPE = re.compile(r'\\(x[0-9a-fA-F]{2}|.)')
ESCAPES = {'n': '\n', 'r': '\r', 't': '\t', 'a': '\a', 'b': '\b'}


class Exchange:
    """One line: marks {name: value}, connection, words as bytes."""

    def __init__(self, where, line):
        self.where = where
        self.line = line
        self.marks = {}
        self.connection = 'A'
        words = line
        while words.startswith('~'):
            mark, _, words = words.partition(' ')
            name, _, value = mark[1:].partition('=')
            self.marks[name] = value
            words = words.lstrip()
        match = re.match(r'([A-Z]):\s+', words)
        if match:
            self.connection = match.group(1)
            words = words[match.end():]
        self.words = split(words)


class Section:
    def __init__(self, heading):
        name, _, options = heading.partition('[')
        self.name = name.strip()
        self.options = options.rstrip(']').split()
        self.exchanges = []


def unescape(text):
    def one(match):
        escape = match.group(1)
        if len(escape) == 3:
            return chr(int(escape[1:], 16))
        return ESCAPES.get(escape, escape)
    return ESCAPE.sub(one, text)


def split(line):
    """The words of a line, as bytes."""
    words = []
    for quoted, part, count, bare in TOKEN.findall(line.strip()):
        text = part * int(count) if count else bare or unescape(quoted)
        words.append(text.encode('latin1'))
    return words


def load(path):
    """The sections of a table."""
    sections = []
    with open(path, encoding='latin1') as table:
        for number, line in enumerate(table, 1):
            line = line.strip()
            if line.startswith('== '):
                sections.append(Section(line[3:]))
            elif line and not line.startswith('#'):
                where = '%s:%d' % (path.rsplit('/', 1)[-1], number)
                sections[-1].exchanges.append(Exchange(where, line))
    return sections
