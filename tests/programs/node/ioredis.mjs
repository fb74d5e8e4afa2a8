// SPDX-License-Identifier: GPL-3.0-or-later
// ioredis.
import Redis from 'ioredis'
import { equal, host, port, rejects, run, test, until } from './tap.mjs'

const redis = new Redis({ host, port, connectionName: 'program' })

test('strings', async () => {
  equal(await redis.set('k', 'v', 'EX', 100, 'NX'), 'OK')
  equal(await redis.set('k', 'w', 'NX'), null)
  equal(await redis.getBuffer('k'), Buffer.from('v'))
  equal(await redis.mset({ a: 1, b: 2 }), 'OK')
  equal(await redis.mget('a', 'none', 'b'), ['1', null, '2'])
  equal(await redis.incrby('a', 41), 42)
  await rejects(redis.incr('k'), 'value is not an integer')
  equal(await redis.client('GETNAME'), 'program')
})

test('pipeline', async () => {
  const pipeline = redis.pipeline()
  for (let n = 0; n < 5000; n++) pipeline.set(`p${n}`, n).get(`p${n}`)
  const replies = await pipeline.exec()
  equal(replies.length, 10000)
  equal(replies[9999], [null, '4999'])
})

test('automatic pipelining', async () => {
  const quick = new Redis({ host, port, enableAutoPipelining: true })
  const got = await Promise.all(Array.from({ length: 1000 }, (_, n) => quick.get(`p${n}`)))
  equal(got[999], '999')
  quick.disconnect()
})

test('transactions', async () => {
  equal(await redis.multi().set('n', 1).incr('n').exec(), [[null, 'OK'], [null, 2]])
  await redis.watch('n')
  await new Promise((resolve, reject) => {
    const other = new Redis({ host, port })
    other.set('n', 'changed').then(resolve, reject).finally(() => other.disconnect())
  })
  equal(await redis.multi().set('n', 'mine').exec(), null)
})

test('scan', async () => {
  const seen = new Set()
  for await (const keys of redis.scanStream({ match: 'p49??', count: 500 })) {
    keys.forEach(key => seen.add(key))
  }
  equal(seen.size, 100)
})

test('types', async () => {
  equal(await redis.rpush('l', 'a', 'b', 'c'), 3)
  equal(await redis.lrange('l', 0, -1), ['a', 'b', 'c'])
  equal(await redis.hset('h', { f: 'v', g: 'w' }), 2)
  equal(await redis.hgetall('h'), { f: 'v', g: 'w' })
  equal(await redis.sadd('s', 'x', 'y'), 2)
  equal(await redis.zadd('z', 1, 'a', 2, 'b'), 2)
  equal(await redis.zrange('z', 0, -1, 'WITHSCORES'), ['a', '1', 'b', '2'])
  equal(await redis.xadd('x', '1-1', 'f', 'v'), '1-1')
  equal(await redis.xread('STREAMS', 'x', '0'), [['x', [['1-1', ['f', 'v']]]]])
})

test('blocking', async () => {
  const waiter = new Redis({ host, port })
  const reply = waiter.blpop('queue', 10)
  await until(async () => /blocked_clients:1/.test(await redis.info('clients')))
  await redis.rpush('queue', 'job')
  equal(await reply, ['queue', 'job'])
  waiter.disconnect()
})

test('messages', async () => {
  const subscriber = new Redis({ host, port })
  const got = []
  subscriber.on('message', (channel, message) => got.push([channel, message]))
  subscriber.on('pmessage', (...words) => got.push(words))
  equal(await subscriber.subscribe('news'), 1)
  equal(await subscriber.psubscribe('n*'), 2)
  equal(await redis.publish('news', 'hello'), 2)
  await until(() => got.length === 2)
  equal(got, [['news', 'hello'], ['n*', 'news', 'hello']])
  subscriber.disconnect()
})

test('offline queue and reconnection', async () => {
  const lazy = new Redis({ host, port, lazyConnect: true })
  const early = lazy.set('early', 1)
  equal(await early, 'OK')
  const id = await lazy.client('ID')
  await redis.client('KILL', 'ID', id)
  equal(await lazy.get('early'), '1')
  await lazy.quit()
})

test('end', async () => { equal(await redis.quit(), 'OK') })

await run()
