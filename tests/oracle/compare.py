# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares two replies, byte for byte or as the marks of an exchange say."""

import re

EOF = b'(connection closed)'
TIMEOUT = b'(no reply)'
# What differs from client to client in a line about one.
CLIENT_FIELDS = re.compile(
    rb'(id|addr|laddr|fd|age|idle|qbuf|qbuf-free|argv-mem|multi-mem|rbs|rbp|'
    rb'obl|oll|omem|tot-mem)=\S*')
CLIENT_NEWER = re.compile(rb' lib-name=\S* lib-ver=\S*')
DOC_FACTS = (b'since', b'group', b'summary')


def tree(data):
    """A reply as (kind, value), the value bytes or a list of trees."""
    value, rest = tree_one(data)
    assert not rest, data
    return value


def tree_one(data):
    line, rest = data.split(b'\r\n', 1)
    kind, text = line[:1], line[1:]
    if kind in b'$=!' and text != b'-1':
        size = int(text)
        return (kind, rest[:size]), rest[size + 2:]
    if kind in b'*~>%|' and text != b'-1':
        items = []
        for _ in range(int(text) * (2 if kind in b'%|' else 1)):
            item, rest = tree_one(rest)
            items.append(item)
        if kind in b'%|':
            items = [(b'pair', items[i:i + 2])
                     for i in range(0, len(items), 2)]
        return (kind, items), rest
    return (kind, text), rest


def several(data):
    """The trees of any number of replies, and what follows them."""
    trees = []
    while data and data not in (EOF, TIMEOUT):
        one, data = tree_one(data)
        trees.append(one)
    return b'replies', trees + [(b'end', data)]


def ordered(node):
    kind, value = node
    if not isinstance(value, list):
        return node
    items = [ordered(item) for item in value]
    return kind, items if kind == b'pair' else sorted(items, key=repr)


def shape(node):
    kind, value = node
    if isinstance(value, list):
        return kind, [shape(item) for item in value]
    return kind, b''


def masked(node, pattern):
    kind, value = node
    if isinstance(value, list):
        return kind, [masked(item, pattern) for item in value]
    return kind, re.sub(pattern, b'*', value)


def client_line(node):
    kind, value = node
    if isinstance(value, list):
        return kind, [client_line(item) for item in value]
    return kind, CLIENT_NEWER.sub(b'', CLIENT_FIELDS.sub(rb'\1=', value))


def without_notes(node):
    """COMMAND INFO without the notes, which are prose."""
    kind, value = node
    if not isinstance(value, list):
        return node
    value = [without_notes(item) for item in value]
    for at, (_, name) in enumerate(value):
        if name == b'notes':
            return kind, value[:at] + value[at + 2:]
    return kind, [item for item in value
                  if item != (b'pair', []) and item[1] != b'notes']


def without_times(node):
    """What is pending in a stream, and its index, without what differs from
    moment to moment and from server to server."""
    kind, value = node
    if not isinstance(value, list):
        return (kind, b'time') if re.match(rb'1\d{12}\Z', value) else node
    value = [without_times(item) for item in value]
    if len(value) == 4 and [item[0] for item in value] == [b'$', b'$', b':',
                                                           b':']:
        value[2] = (b':', b'time')
    for at, item in enumerate(value[:-1]):
        if item[1] in (b'idle', b'radix-tree-nodes'):
            value[at + 1] = (b':', b'number')
    return kind, value


def headline(node):
    """The first line of a help text."""
    kind, value = node
    return kind, value[:1]


def lines_sorted(node):
    kind, value = node
    return kind, sorted(value.split(b'\r\n'))


# Subcommands that came with 7.2, which rules of single commands name.
NEWER = b'client|no-touch', b'client|setinfo'


def words_sorted(node):
    """The order of the commands in a user's rules is up to the server."""
    kind, value = node
    if isinstance(value, list):
        return kind, [words_sorted(item) for item in value]
    return kind, sorted(word for word in value.split(b' ')
                        if word[1:] not in NEWER)


def field_names(node):
    kind, value = node
    return kind, sorted(line.split(b':')[0] for line in value.split(b'\r\n'))


def doc_facts(node):
    """Of each command: which facts there are, and those that have no
    wording."""
    flat = flatten(node)
    facts = []
    for name, doc in zip(flat[::2], flat[1::2]):
        doc = dict(zip(map(str, doc[::2]), doc[1::2]))
        for fact in DOC_FACTS:
            facts.append((name, fact, str(fact) in doc))
        facts.append((doc.get(str(b'since')), doc.get(str(b'group'))))
    return b'docs', facts


def flatten(node):
    """Maps and arrays alike as lists of values."""
    kind, value = node
    if not isinstance(value, list):
        return value
    if value and value[0][0] == b'pair':
        value = [item for pair in value for item in pair[1]]
    return [flatten(item) for item in value]


def near(one, other, distance):
    if isinstance(one[1], list) and isinstance(other[1], list):
        return one[0] == other[0] and len(one[1]) == len(other[1]) and all(
            near(a, b, distance) for a, b in zip(one[1], other[1]))
    try:
        return one[0] == other[0] and \
            abs(float(one[1]) - float(other[1])) <= distance
    except ValueError:
        return one == other


def agree(one, other, marks):
    """Whether two replies, given as bytes, agree."""
    if one == other:
        return True
    if not marks or TIMEOUT in (one, other):
        return False
    if EOF in (one, other) and 'end' not in marks:
        return False
    one, other = several(one), several(other)
    if 'end' in marks:
        one, other = one[1][-1], other[1][-1]
    if 'client' in marks:
        one, other = client_line(one), client_line(other)
    if 'notes' in marks:
        one, other = without_notes(one), without_notes(other)
    if 'help' in marks:
        one, other = headline(one[1][0]), headline(other[1][0])
    if 'idle' in marks:
        one, other = without_times(one), without_times(other)
    if 'mask' in marks:
        pattern = marks['mask'].encode('latin1')
        one, other = masked(one, pattern), masked(other, pattern)
    if 'words' in marks:
        one, other = words_sorted(one), words_sorted(other)
    if 'lines' in marks:
        one, other = lines_sorted(one[1][0]), lines_sorted(other[1][0])
    if 'any-order' in marks or 'scan' in marks:
        one, other = ordered(one), ordered(other)
    if 'kind' in marks or 'keep' in marks:
        return [item[0] for item in one[1]] == [item[0] for item in other[1]]
    if 'shape' in marks:
        one, other = shape(one), shape(other)
    if 'fields' in marks:
        one, other = field_names(one[1][0]), field_names(other[1][0])
    if 'docs' in marks:
        one, other = doc_facts(one[1][0]), doc_facts(other[1][0])
    if 'near' in marks:
        return near(one, other, float(marks['near']))
    return one == other
