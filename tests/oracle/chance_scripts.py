# SPDX-License-Identifier: GPL-3.0-or-later
"""Random scripts and functions, put together from pieces: commands on a few
keys, what their replies become in Lua and what Lua's values become as replies,
cjson, cmsgpack, struct and bit with odd values, errors, flags; see chance.py.
Libraries outlive a sequence, so each that is used is loaded before."""

import hashlib

# Z is a script, Z! its SHA; B is a library with the function f.
TEMPLATES = '''
EVAL Z 2 K K V V
EVAL Z 2 K K V V
EVAL Z 2 K K V V
EVAL Z 2 K K V I
EVAL Z 1 K
EVAL Z 0 ?V
EVAL Z I K V
EVAL_RO Z 2 K K V V
SCRIPT LOAD Z ; EVALSHA Z! 2 K K V V ; EVALSHA_RO Z! 1 K I
SCRIPT FLUSH ; EVAL Z I ?K ?V ; SCRIPT EXISTS Z! foo
SCRIPT FLUSH ; EVAL_RO Z I ?K ?V ; SCRIPT EXISTS Z! foo
SCRIPT FLUSH ; SCRIPT LOAD Z ; SCRIPT EXISTS Z! foo
FUNCTION LOAD REPLACE B ; FCALL f 2 K K V V ; FCALL_RO f 2 K K V I
FUNCTION LOAD REPLACE B ; FCALL f 2 K K V V ; FCALL F 0
FUNCTION FLUSH ; FUNCTION LOAD B ; FUNCTION LOAD B ; FUNCTION LIST WITHCODE
'''

NUMBERS = '''0 1 -1 2 7 -8 0.5 -1.5 2.9 3.0 1e3 1e14 1e15 1e17 1e20 1e100
123456789.123456789 2147483647 2147483648 4294967295 4294967296
9007199254740992 9007199254740993 -9007199254740992 0.1 1/3 1/0 -1/0
255 256 -128 -129 65535 65536 127 128 -32768 -32769'''.split()
TEXTS = ('', 'a', 'foo', 'hello world', '10', '3.5', 'x' * 40, '\0', '\r\n',
         '\xff\xf0\0', '\u00e9', '1e3', '0x10', ' 7 ', '-', '-ERR x', 'ERR',
         'OOM y z')
# Of Redis: K a key, V a value, I a small whole number, M another value.
COMMANDS = '''GET:K SET:K:V SET:K:V:GET SET:K:V:NX APPEND:K:V STRLEN:K INCR:K
INCRBY:K:I INCRBYFLOAT:K:I GETRANGE:K:0:I SETRANGE:K:I:V MGET:K:K:K MSET:K:V:K:V
DEL:K:K EXISTS:K:K TYPE:K RENAME:K:K COPY:K:K EXPIRE:K:1000 PERSIST:K
LPUSH:K:V:V RPUSH:K:V LRANGE:K:0:-1 LPOP:K LPOP:K:2 LLEN:K LINDEX:K:I LPOS:K:V
LINSERT:K:BEFORE:V:V HSET:K:M:V HSET:K:M:V:M:V HGET:K:M HGETALL:K HMGET:K:M:M
HDEL:K:M HINCRBY:K:M:I HKEYS:K HVALS:K SADD:K:I:I SMEMBERS:K SISMEMBER:K:I
SMISMEMBER:K:I:I SCARD:K SREM:K:I SINTERCARD:1:K ZADD:K:I:M ZADD:K:0.5:M
ZADD:K:INCR:I:M ZADD:K:XX:INCR:I:M ZSCORE:K:M ZMSCORE:K:M:M
ZRANGE:K:0:-1 ZRANGE:K:0:-1:WITHSCORES ZINCRBY:K:I:M ZPOPMIN:K ZRANK:K:M
ZCARD:K SETBIT:K:I:1 BITCOUNT:K BITFIELD:K:SET:u8:0:I BITFIELD_RO:K:GET:u8:0
PFADD:K:V PFCOUNT:K XADD:K:1-1:M:V XADD:K:5-I:M:V XRANGE:K:-:+ XLEN:K
XREAD:STREAMS:K:0 XREAD:BLOCK:0:STREAMS:K:0 GEOADD:K:1:2:M GEOPOS:K:M:M
GEODIST:K:M:M SORT:K SORT:K:ALPHA OBJECT:ENCODING:K PING PING:V ECHO:V SELECT:I
PUBLISH:c:V BLPOP:K:0 LMPOP:1:K:LEFT BLMPOP:0:1:K:LEFT WATCH:K MULTI EXEC
SUBSCRIBE:c AUTH:x NONSENSE:K GET SET:K CONFIG:GET:port CLIENT:NONSENSE
SCRIPT:EXISTS:x EVAL:V:0 HELLO FUNCTION:LIST LCS:K:K LCS:K:K:IDX
ZRANGESTORE:K:K:0:-1 SUNIONSTORE:K:K:K GETDEL:K EXPIRETIME:K'''.split()
FORMATS = '''>I4 <i8 bB hH d f s c0 c3 !4i x <l >L i17 z I h <Bc0 >d <f s>h
bbb i3 I1 i0 c !3i i9 >i2<i2 xx I8'''.split()
BITS = '''band bor bxor bnot lshift rshift arshift rol ror bswap tohex
tobit'''.split()
PACKED = ('\x93\x01\x02\x03', '\x81\xa1a\x01', '\xc0', '\xc1', '\xcb', '\x91',
          '\xa5hello', '\x01\x02\x03', '\xdf\xff\xff\xff\xff', '\xdc\x00\x01',
          '\xd0\x80', '\xd3' + '\xff' * 8, '\xcf' + '\xff' * 8, '\xc4\x01a',
          '\xca\x3f\xc0\0\0', '\x90' * 5 + '\x90', '')
JSON = ('[1,2,3]', '{"a":1}', '[1.5,-0,1e3,1e400]', 'null', '"x"', '[null]',
        '{"a":{"b":[]}}', '[', '{"a"}', '[1,]', '"\\u00e9\\ud83d\\ude00"',
        '"\\ud83d"', 'NaN', '[-Infinity]', '0x10', '[true,false]', '',
        '{"1":2}', '[[[[]]]]', ' 5 ', '1 2', '"\x01"', '\xff')
FLAGS = '''no-writes allow-oom allow-stale no-cluster allow-cross-slot-keys
nonsense'''.split()


def quoted(text):
    """A string of Lua."""
    return '"%s"' % ''.join(c if c.isalnum() and c < '\x7f' or c in ' -_.:[]{}'
                            else '\\%03d' % ord(c) for c in text)


def argument(maker, word):
    """A word of a command, as an expression."""
    chance = maker.chance
    if chance.random() < 0.01:
        return chance.choice(('nil', 'true', '{}', '{ok="x"}', 'redis', 'v'))
    if word == 'K':
        return chance.choice(('KEYS[1]', 'KEYS[1]', 'KEYS[2]',
                              quoted(maker.key())))
    if word == 'V':
        return chance.choice(('ARGV[1]', 'ARGV[2]', chance.choice(NUMBERS),
                              quoted(chance.choice(TEXTS)), 'v'))
    if word == 'M':
        return quoted(chance.choice('abc'))
    if word == 'I':
        return str(chance.choice((0, 1, 2, 3, 7, -1, '"2"', 1.5)))
    return quoted(word)


def command(maker):
    """A call of one."""
    chance = maker.chance
    words = chance.choice(COMMANDS).split(':')
    if chance.random() < 0.02:
        return 'redis.%s()' % chance.choice(('call', 'pcall'))
    return 'redis.%s(%s)' % (
        chance.choice(('call', 'pcall', 'pcall')),
        ','.join(argument(maker, word) for word in words))


def scalar(maker):
    chance = maker.chance
    return chance.choice((
        chance.choice(NUMBERS), quoted(chance.choice(TEXTS)), 'nil', 'true',
        'false', 'KEYS[1]', 'ARGV[1]', 'ARGV[2]', '#KEYS', 'v'))


def table(maker, depth):
    chance = maker.chance

    def inner():
        return expression(maker, depth - 1)
    return chance.choice((
        lambda: '{%s}' % ','.join(inner() for _ in range(chance.randrange(4))),
        lambda: '{%s=%s}' % (chance.choice(
            'ok err double map set big_number verbatim_string a'.split()),
            inner()),
        lambda: '{map={[%s]=%s}}' % (scalar(maker), inner()),
        lambda: '{set={[%s]=%s}}' % (scalar(maker), inner()),
        lambda: '{[%s]=%s}' % (chance.choice(
            ('1', '2', '0', '-1', '1.5', '"1"', 'true', '3', '"a"')), inner()),
        lambda: '{verbatim_string={format="txt",string=%s}}' % inner(),
        lambda: '{ok=%s,err=%s}' % (inner(), inner()),
    ))()


def library(maker, depth):
    """A call of what scripts are given beside Lua."""
    chance = maker.chance

    def inner():
        return expression(maker, depth - 1)

    def bits():
        number = chance.choice(NUMBERS)
        return 'bit.%s(%s)' % (chance.choice(BITS), chance.choice(
            (number, number + ',' + chance.choice(NUMBERS), inner())))
    return chance.choice((
        lambda: 'cjson.encode(%s)' % inner(),
        lambda: 'cjson.decode(%s)' % quoted(chance.choice(JSON)),
        lambda: 'cjson.encode(cjson.decode(%s))' % quoted(chance.choice(JSON)),
        lambda: 'cmsgpack.pack(%s)' % inner(),
        lambda: 'cmsgpack.unpack(%s)' % quoted(chance.choice(PACKED)),
        lambda: 'cmsgpack.unpack(cmsgpack.pack(%s))' % inner(),
        lambda: 'cmsgpack.pack(%s,%s)' % (inner(), inner()),
        lambda: '{cmsgpack.unpack_limit(%s,%d,%d)}' % (
            quoted(chance.choice(PACKED)), chance.randint(-1, 3),
            chance.randint(-1, 3)),
        lambda: '{cmsgpack.unpack_one(%s%s)}' % (
            quoted(chance.choice(PACKED)), chance.choice(('', ',0', ',1',
                                                          ',-1', ',99'))),
        lambda: 'struct.pack(%s,%s,%s,%s)' % (
            quoted(chance.choice(FORMATS)), scalar(maker), scalar(maker),
            scalar(maker)),
        lambda: 'struct.pack(%s,%s)' % (quoted(chance.choice(FORMATS)),
                                        chance.choice(NUMBERS)),
        lambda: '{struct.unpack(%s,%s%s)}' % (
            quoted(chance.choice(FORMATS)), quoted(chance.choice(PACKED)),
            chance.choice(('', ',1', ',2', ',0', ',99'))),
        lambda: 'struct.size(%s)' % quoted(chance.choice(FORMATS)),
        bits,
        bits,
    ))()


def of_redis(maker, depth):
    chance = maker.chance
    return chance.choice((
        lambda: 'redis.error_reply(%s)' % scalar(maker),
        lambda: 'redis.status_reply(%s)' % scalar(maker),
        lambda: 'redis.sha1hex(%s)' % scalar(maker),
        lambda: 'redis.acl_check_cmd(%s,%s)' % (
            quoted(chance.choice(COMMANDS).split(':')[0]), scalar(maker)),
        lambda: 'redis.log(redis.LOG_DEBUG,%s)' % scalar(maker),
        lambda: 'redis.setresp(%s)' % chance.choice(('2', '3', '4', '"3"')),
    ))()


def of_lua(maker, depth):
    chance = maker.chance

    def inner():
        return expression(maker, depth - 1)
    return chance.choice((
        lambda: 'type(%s)' % inner(),
        lambda: 'tonumber(%s)' % scalar(maker),
        lambda: 'tostring(%s)' % chance.choice(NUMBERS),
        lambda: '#%s' % inner(),
        lambda: '%s..%s' % (scalar(maker), scalar(maker)),
        lambda: '%s%s%s' % (scalar(maker), chance.choice('+-*/%^'),
                            scalar(maker)),
        lambda: '(%s).%s' % (inner(), chance.choice(('ok', 'err', 'double',
                                                      'map', 'format'))),
        lambda: '(%s)[1]' % inner(),
        lambda: '{pcall(function() return %s end)}' % inner(),
        lambda: 'select(2,pcall(error,%s))' % inner(),
        lambda: '%s and %s' % (inner(), inner()),
        lambda: '%s==%s' % (inner(), inner()),
        lambda: 'undeclared',
        lambda: 'string.%s(%s)' % (chance.choice(('upper', 'len', 'reverse',
                                                  'byte')), scalar(maker)),
    ))()


def expression(maker, depth=3):
    chance = maker.chance
    kind = chance.random()
    if depth == 0 or kind < 0.15:
        return scalar(maker)
    if kind < 0.45:
        return command(maker)
    if kind < 0.6:
        return table(maker, depth)
    if kind < 0.8:
        return library(maker, depth)
    return (of_redis if kind < 0.87 else of_lua)(maker, depth)


def statement(maker):
    chance = maker.chance
    return chance.choice((
        lambda: command(maker),
        lambda: command(maker),
        lambda: 'v = ' + expression(maker),
        lambda: 'redis.setresp(3)',
        lambda: 'for i=1,3 do v = %s end' % command(maker),
        lambda: 'if %s then return %s end' % (expression(maker),
                                              expression(maker)),
        lambda: 'local _, e = pcall(function() %s end) v = e' % command(maker),
        lambda: 'redis.set_repl(%s)' % chance.choice((
            'redis.REPL_ALL', 'redis.REPL_NONE', 'redis.REPL_AOF', '99')),
        lambda: 'global = 1',
        # A table without a text in "err" ends redis-server.
        lambda: 'error(%s)' % scalar(maker).replace('v', 'nil'),
        lambda: 'error({err=%s})' % quoted(chance.choice(TEXTS)),
    ))()


def body(maker, most):
    """Statements, a line each."""
    chance = maker.chance
    lines = ['local v = ' + scalar(maker).replace('v', 'nil')]
    lines += [statement(maker) for _ in range(chance.randrange(most))]
    lines.append('return ' + expression(maker))
    if chance.random() < 0.02:
        lines.insert(1, 'end')
    return '\n'.join(lines)


def flags(maker):
    chance = maker.chance
    return [chance.choice(FLAGS) for _ in range(chance.randrange(3))
            if chance.random() < 0.7]


def script(maker):
    """A whole one, for EVAL."""
    chance = maker.chance
    text = body(maker, 4)
    if chance.random() < 0.1:
        text = '#!lua%s\n%s' % (chance.choice(('', ' flags=' + ','.join(
            flags(maker)))), text)
    maker.script = text
    return text


def functions(maker):
    """A library."""
    chance = maker.chance
    if chance.random() < 0.05:
        return chance.choice((
            '', 'return 1', '#!lua\nreturn 1', '#!lua name=a b\nreturn 1',
            '#!js name=l\nreturn 1', '#!lua name=l\nreturn 1', '#!lua name=l',
            '#!lua name=l\nredis.register_function("f")',
            '#!lua name=l\nredis.call("GET","k")',
            '#!lua name=l\nredis.register_function("a b",function() end)',
            '#!lua name=l other=x\nreturn 1', '#!lua name="l"\nreturn 1',
            '#!lua name=l\nredis.register_function{function_name="f"}'))
    inside = 'function(KEYS,ARGV)\n%s\nend' % body(maker, 3)
    if chance.random() < 0.5:
        made = 'redis.register_function("f",%s)' % inside
    else:
        made = 'redis.register_function{function_name="f",callback=%s,' \
               'flags={%s}%s}' % (
                   inside, ','.join(map(quoted, flags(maker))),
                   chance.choice(('', ',description="x y"', ',bad=1')))
    return '#!lua name=l\n' + made


def sha(maker):
    text = getattr(maker, 'script', '').encode('latin1')
    return hashlib.sha1(text).hexdigest()


FILL = {
    'Z': script,
    'Z!': sha,
    'B': functions,
    'F': lambda maker: maker.chance.choice(('f', 'F', 'nothing')),
}
