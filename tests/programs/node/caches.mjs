// SPDX-License-Identifier: GPL-3.0-or-later
// Keyv, and cache-manager on top of it.
import { createKeyv } from '@keyv/redis'
import { createCache } from 'cache-manager'
import { equal, run, test, until, url } from './tap.mjs'

const keyv = createKeyv(url, { namespace: 'pages' })

test('keyv', async () => {
  equal(await keyv.set('k', { a: [1, 'ü'] }), true)
  equal(await keyv.get('k'), { a: [1, 'ü'] })
  equal(await keyv.get('none'), undefined)
  equal(await keyv.has('k'), true)
  equal(await keyv.delete('k'), true)
  equal(await keyv.delete('k'), false)
})

test('keyv, many', async () => {
  await keyv.setMany(Array.from({ length: 100 }, (_, n) => ({ key: `k${n}`, value: n })))
  equal(await keyv.get(['k1', 'none', 'k99']), [1, undefined, 99])
  const seen = []
  for await (const [key] of keyv.iterator()) seen.push(key)
  equal(seen.length, 100)
  equal(await keyv.delete(['k1', 'k2']), true)
  await keyv.clear()
  equal(await keyv.get('k99'), undefined)
})

test('keyv, time to live', async () => {
  await keyv.set('k', 1, 50)
  equal(await keyv.get('k'), 1)
  await until(async () => await keyv.get('k') === undefined)
})

test('cache-manager', async () => {
  const cache = createCache({ stores: [createKeyv(url, { namespace: 'cache' })] })
  let calls = 0
  const load = () => cache.wrap('user:1', () => { calls++; return { name: 'anne' } }, 60000)
  equal(await load(), { name: 'anne' })
  equal(await load(), { name: 'anne' })
  equal(calls, 1)
  equal(await cache.mset([{ key: 'a', value: 1 }, { key: 'b', value: 2, ttl: 1000 }]) !== undefined, true)
  equal(await cache.mget(['a', 'b', 'none']), [1, 2, undefined])
  equal(await cache.del('a'), true)
  equal(await cache.get('a'), undefined)
  equal(await cache.clear(), true)
  equal(await cache.get('b'), undefined)
  await cache.disconnect()
})

test('end', async () => { await keyv.disconnect() })

await run()
