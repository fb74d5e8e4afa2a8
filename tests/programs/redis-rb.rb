# SPDX-License-Identifier: GPL-3.0-or-later
# redis-rb, the library of Ruby programs.
require_relative 'tap'
begin
  require 'redis'
rescue LoadError
  puts '1..0 # SKIP ruby-redis is not installed'
  exit
end

redis = Redis.new(host: ENV['REDIS_HOST'], port: ENV['REDIS_PORT'].to_i)

tap_case 'strings' do
  equal redis.set('k', "v\0"), 'OK'
  equal redis.get('k'), "v\0"
  equal redis.set('k', 'w', nx: true), false
  equal redis.mapped_mset('a' => '1', 'b' => '2'), 'OK'
  equal redis.mapped_mget('a', 'b', 'none'), 'a' => '1', 'b' => '2', 'none' => nil
  equal redis.incrby('a', 41), 42
  equal redis.setex('k', 100, 'v'), 'OK'
  equal redis.ttl('k'), 100
  raises(Redis::CommandError, 'wrong number of arguments') { redis.call('get') }
end

tap_case 'pipelined and multi' do
  equal redis.pipelined { |p| 1000.times { |n| p.set("p#{n}", n) } }.uniq, ['OK']
  equal redis.multi { |t| t.incr('n'); t.incr('n'); t.get('n') }, [1, 2, '2']
  redis.watch('n') do
    Redis.new(path: ENV['REDIS_SOCKET']).incr('n')
    equal redis.multi { |t| t.set('n', 0) }, nil
  end
  equal redis.get('n'), '3'
  equal redis.scan_each(match: 'p99?').to_a.sort, (990..999).map { |n| "p#{n}" }
end

tap_case 'types' do
  equal redis.rpush('l', %w[a b c]), 3
  equal redis.lrange('l', 0, -1), %w[a b c]
  equal redis.hset('h', 'f', 'v', 'g', 'w'), 2
  equal redis.hgetall('h'), 'f' => 'v', 'g' => 'w'
  equal redis.sadd('s', %w[x y]), 2
  equal redis.sinter('s').sort, %w[x y]
  equal redis.zadd('z', [[2, 'b'], [1, 'a']]), 2
  equal redis.zrange('z', 0, -1, with_scores: true), [['a', 1.0], ['b', 2.0]]
  equal redis.xadd('x', { 'f' => 'v' }, id: '1-1'), '1-1'
  equal redis.xrange('x'), [['1-1', { 'f' => 'v' }]]
end

tap_case 'blocking pop' do
  taker = Thread.new { Redis.new(path: ENV['REDIS_SOCKET']).blpop('queue', timeout: 10) }
  redis.rpush('queue', 'job')
  equal taker.value, %w[queue job]
end

tap_run
