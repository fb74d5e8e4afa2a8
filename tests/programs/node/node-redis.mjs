// SPDX-License-Identifier: GPL-3.0-or-later
// node-redis, in RESP2 and in RESP3.
import { createClient, createClientPool, WatchError } from 'redis'
import { equal, port, host, rejects, run, test, until, url } from './tap.mjs'

for (const RESP of [2, 3]) {
  const client = createClient({ url, RESP, name: 'program' })
  client.on('error', error => console.log('# ' + error))
  await client.connect()
  const name = text => `${text} in RESP${RESP}`

  test(name('strings'), async () => {
    await client.flushAll()
    equal(await client.set('k', 'v', { EX: 100, NX: true }), 'OK')
    equal(await client.set('k', 'w', { NX: true }), null)
    equal(await client.get('k'), 'v')
    equal(await client.ttl('k'), 100)
    equal(await client.mSet({ a: '1', b: '2' }), 'OK')
    equal(await client.mGet(['a', 'none', 'b']), ['1', null, '2'])
    equal(await client.incrBy('a', 41), 42)
    equal(await client.getEx('k', { type: 'PERSIST' }), 'v')
    equal(await client.sendCommand(['STRLEN', 'k']), 1)
    await rejects(client.incr('k'), 'value is not an integer')
    equal(await client.clientGetName(), 'program')
  })

  test(name('pipelined'), async () => {
    const replies = []
    for (let n = 0; n < 5000; n++) {
      replies.push(client.set(`p${n}`, `${n}`), client.get(`p${n}`))
    }
    const got = await Promise.all(replies)
    equal(got[9999], '4999')
    const seen = new Set()
    for await (const keys of client.scanIterator({ MATCH: 'p49??', COUNT: 200 })) {
      keys.forEach(key => seen.add(key))
    }
    equal(seen.size, 100)
  })

  test(name('transactions'), async () => {
    await client.del('n')
    equal(await client.multi().incr('n').incr('n').get('n').exec(), [1, 2, '2'])
    const other = client.duplicate()
    await other.connect()
    await other.watch('n')
    await client.set('n', 'changed')
    let error
    await other.multi().set('n', 'mine').exec().catch(e => { error = e })
    equal(error instanceof WatchError, true)
    equal(await client.get('n'), 'changed')
    other.destroy()
  })

  test(name('types'), async () => {
    await client.flushDb()
    equal(await client.rPush('l', ['a', 'b', 'c']), 3)
    equal(await client.lRange('l', 0, -1), ['a', 'b', 'c'])
    equal(await client.hSet('h', { f: 'v', g: 'w' }), 2)
    equal(await client.hGetAll('h'), { f: 'v', g: 'w' })
    equal(await client.sAdd('s', ['x', 'y']), 2)
    equal((await client.sMembers('s')).sort(), ['x', 'y'])
    equal(await client.zAdd('z', [{ score: 2.5, value: 'b' }, { score: 1, value: 'a' }]), 2)
    equal(await client.zRangeWithScores('z', 0, -1),
      [{ value: 'a', score: 1 }, { value: 'b', score: 2.5 }].map(e => ({ ...e })))
    equal(await client.zScore('z', 'b'), 2.5)
    equal(await client.xAdd('x', '1-1', { f: 'v' }), '1-1')
    equal((await client.xRange('x', '-', '+'))[0].id, '1-1')
    equal(await client.pfAdd('p', ['a', 'b']), 1)
    equal(await client.geoAdd('g', { longitude: 13.36, latitude: 38.11, member: 'P' }), 1)
  })

  test(name('blocking'), async () => {
    const waiter = client.duplicate()
    await waiter.connect()
    const reply = waiter.blPop('queue', 10)
    await until(async () => /blocked_clients:1/.test(await client.info('clients')))
    await client.rPush('queue', 'job')
    equal({ ...await reply }, { key: 'queue', element: 'job' })
    waiter.destroy()
  })

  test(name('messages'), async () => {
    const subscriber = client.duplicate()
    await subscriber.connect()
    const got = []
    await subscriber.subscribe('news', message => got.push(message))
    await subscriber.pSubscribe('n*', (message, channel) => got.push(channel))
    equal(await client.publish('news', 'hello'), 2)
    await until(() => got.length === 2)
    equal(got, ['hello', 'news'])
    subscriber.destroy()
  })

  test(name('end'), async () => { await client.close() })
}

test('pool', async () => {
  const pool = createClientPool({ socket: { host, port } }, { minimum: 5, maximum: 5 })
  await pool.connect()
  await pool.del('sum')
  await Promise.all(Array.from({ length: 500 }, (_, n) => pool.incrBy('sum', n)))
  equal(await pool.get('sum'), String(499 * 250))
  await pool.close()
})

await run()
