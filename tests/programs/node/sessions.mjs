// SPDX-License-Identifier: GPL-3.0-or-later
// connect-redis, which keeps the sessions of Express, behind a web server.
import http from 'node:http'
import { RedisStore } from 'connect-redis'
import session from 'express-session'
import { createClient } from 'redis'
import { equal, run, test, until, url } from './tap.mjs'

const client = createClient({ url })
await client.connect()
const store = new RedisStore({ client, prefix: 'site:', ttl: 300 })
const sessions = session({
  store, secret: 'none', resave: false, saveUninitialized: false
})
const server = http.createServer((request, response) => {
  sessions(request, response, () => {
    if (request.url === '/leave') {
      request.session.destroy(() => response.end('left'))
      return
    }
    request.session.views = (request.session.views || 0) + 1
    response.end(String(request.session.views))
  })
})
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))

const fetchPage = (path, cookie) => new Promise((resolve, reject) => {
  http.get({
    port: server.address().port, path, host: '127.0.0.1', agent: false,
    headers: cookie ? { cookie } : {}
  }, response => {
    let body = ''
    response.on('data', data => { body += data })
    response.on('end', () => resolve({
      body, cookie: (response.headers['set-cookie'] || [''])[0].split(';')[0]
    }))
  }).on('error', reject)
})

test('a session lasts', async () => {
  const first = await fetchPage('/')
  equal(first.body, '1')
  for (let n = 2; n < 10; n++) equal((await fetchPage('/', first.cookie)).body, String(n))
  const [key] = await client.keys('site:*')
  equal(await client.ttl(key) > 290, true)
  equal((await fetchPage('/leave', first.cookie)).body, 'left')
  equal(await client.exists(key), 0)
})

test('many sessions', async () => {
  const pages = await Promise.all(Array.from({ length: 50 }, () => fetchPage('/')))
  equal(new Set(pages.map(page => page.cookie)).size, 50)
  const count = await new Promise((resolve, reject) =>
    store.length((error, n) => error ? reject(error) : resolve(n)))
  equal(count, 50)
  const all = await store.all()
  equal(all.length, 50)
  await store.clear()
  equal(await client.dbSize(), 0)
})

test('a session ends by itself', async () => {
  await store.set('short', { cookie: { expires: new Date(Date.now() + 1500) }, a: 1 })
  equal((await store.get('short')).a, 1)
  await client.pExpire('site:short', 20)
  await until(async () => (await store.get('short')) === null)
})

await run()
server.close()
await client.close()
