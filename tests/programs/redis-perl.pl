# SPDX-License-Identifier: GPL-3.0-or-later
# Redis.pm, the library of Perl programs.
use strict;
use warnings;
use Test::More;

eval { require Redis; 1 }
  or plan skip_all => 'libredis-perl is not installed';

my $redis = Redis->new(server => "$ENV{REDIS_HOST}:$ENV{REDIS_PORT}");

is $redis->set(k => "v\r\n"), 'OK', 'set';
is $redis->get('k'), "v\r\n", 'get';
is $redis->get('none'), undef, 'nothing there';
is $redis->incr('n'), 1, 'incr';
is_deeply [$redis->mget('k', 'none', 'n')], ["v\r\n", undef, 1], 'mget';
ok !eval { $redis->incr('k'); 1 }, 'an error dies';
like $@, qr/value is not an integer/, 'and says why';

my $replies = 0;
$redis->set("p$_", $_, sub { $replies++ }) for 1 .. 1000;
$redis->wait_all_responses;
is $replies, 1000, 'pipelined';
is scalar(my @keys = $redis->keys('p99*')), 11, 'keys';

$redis->multi;
$redis->set(a => 1);
$redis->incr('a');
is_deeply [$redis->exec], ['OK', 2], 'transaction';
is $redis->info->{redis_version}, '7.0.15', 'info';

is $redis->rpush('l', 'a', 'b', 'c'), 3, 'rpush';
is_deeply [$redis->lrange('l', 0, -1)], ['a', 'b', 'c'], 'lrange';
is $redis->hset('h', f => 'v'), 1, 'hset';
is_deeply { $redis->hgetall('h') }, { f => 'v' }, 'hgetall';
is $redis->zadd('z', 1, 'a', 2, 'b'), 2, 'zadd';
is_deeply [$redis->zrange('z', 0, -1, 'WITHSCORES')], ['a', 1, 'b', 2], 'zrange';
is_deeply [$redis->blpop('l', 1)], ['l', 'a'], 'blpop';
done_testing;
