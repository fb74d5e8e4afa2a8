<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// phpredis, the extension of PHP, and sessions kept through it.
if (!extension_loaded('redis')) {
    echo "1..0 # SKIP php-redis is not installed\n";
    exit;
}

$cases = $failed = 0;
ob_start(); // sessions begin before any output

function equal($name, $got, $wanted)
{
    global $cases, $failed;
    $cases++;
    if ($got === $wanted) {
        echo "ok $cases - $name\n";
        return;
    }
    $failed++;
    echo '# ', json_encode($got), ', not ', json_encode($wanted), "\n";
    echo "not ok $cases - $name\n";
}

$address = 'tcp://' . getenv('REDIS_HOST') . ':' . getenv('REDIS_PORT');
$redis = new Redis();
equal('connect', $redis->connect(getenv('REDIS_HOST'), (int) getenv('REDIS_PORT')), true);
equal('set', $redis->set('k', "v\0\r\n", ['ex' => 100, 'nx']), true);
equal('set-again', $redis->set('k', 'w', ['nx']), false);
equal('get', $redis->get('k'), "v\0\r\n");
equal('none', $redis->get('none'), false);
equal('ttl', $redis->ttl('k'), 100);
equal('mset', $redis->mset(['a' => 1, 'b' => 'zwei']), true);
equal('mget', $redis->mget(['a', 'none', 'b']), ['1', false, 'zwei']);
equal('error', [$redis->incr('b'), rtrim($redis->getLastError(), "\0")],
      [false, 'ERR value is not an integer or out of range']);
equal('multi', $redis->multi()->incr('n')->incr('n')->get('n')->exec(), [1, 2, '2']);
$pipe = $redis->pipeline();
for ($i = 0; $i < 1000; $i++) {
    $pipe->set("p$i", $i);
}
equal('pipeline', count(array_filter($pipe->exec())), 1000);
$redis->setOption(Redis::OPT_SCAN, Redis::SCAN_RETRY);
for ($found = [], $it = null; $keys = $redis->scan($it, 'p*', 100);) {
    $found = array_merge($found, $keys);
}
equal('scan', count(array_unique($found)), 1000);

$redis->setOption(Redis::OPT_SERIALIZER, Redis::SERIALIZER_PHP);
$value = ['list' => [1, 2.5, null], 'text' => 'ü'];
equal('serialized', [$redis->set('s', $value), $redis->get('s')], [true, $value]);
$redis->setOption(Redis::OPT_SERIALIZER, Redis::SERIALIZER_NONE);

ini_set('session.save_handler', 'redis');
ini_set('session.save_path', $address);
ini_set('session.use_cookies', '0');
ini_set('session.cache_limiter', '');
session_id('coffertest');
session_start();
$_SESSION['user'] = 'anne';
session_write_close();
$_SESSION = [];
session_id('coffertest');
session_start();
equal('session', $_SESSION, ['user' => 'anne']);
session_destroy();

equal('rpush', $redis->rPush('l', 'a', 'b'), 2);
equal('lrange', $redis->lRange('l', 0, -1), ['a', 'b']);
equal('hmset', $redis->hMSet('h', ['f' => 'v', 'g' => 'w']), true);
equal('hgetall', $redis->hGetAll('h'), ['f' => 'v', 'g' => 'w']);
equal('sadd', $redis->sAdd('set', 'x', 'y'), 2);
equal('sismember', $redis->sIsMember('set', 'y'), true);
equal('zadd', $redis->zAdd('z', 1, 'a', 2, 'b'), 2);
equal('zrange', $redis->zRange('z', 0, -1, true), ['a' => 1.0, 'b' => 2.0]);
equal('xadd', $redis->xAdd('x', '1-1', ['f' => 'v']), '1-1');
equal('blpop', $redis->blPop(['none', 'l'], 1), ['l', 'a']);
echo "1..$cases\n";
exit($failed ? 1 : 0);
