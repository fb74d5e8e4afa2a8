// SPDX-License-Identifier: GPL-3.0-or-later
// BullMQ: jobs done once, delayed, and tried again; all of it by scripts.
import { Queue, QueueEvents, Worker } from 'bullmq'
import { equal, host, port, run, test } from './tap.mjs'

const connection = { host, port }

// What becomes of jobs: a queue, and a worker that runs @work.
async function withQueue(name, work, body) {
  const queue = new Queue(name, { connection })
  const events = new QueueEvents(name, { connection })
  await events.waitUntilReady()
  const worker = new Worker(name, work, {
    connection: { ...connection, maxRetriesPerRequest: null }, concurrency: 4,
  })
  try {
    await body(queue, events)
  } finally {
    await worker.close()
    await events.close()
    await queue.close()
  }
}

test('each job once', async () => {
  const done = []
  await withQueue('once', async job => { done.push(job.data.n); return job.data.n * 2 },
    async (queue, events) => {
      const jobs = await queue.addBulk(Array.from({ length: 50 }, (_, n) => ({ name: 'job', data: { n } })))
      const results = await Promise.all(jobs.map(job => job.waitUntilFinished(events, 20000)))
      equal(results, Array.from({ length: 50 }, (_, n) => n * 2))
      equal(done.sort((a, b) => a - b), Array.from({ length: 50 }, (_, n) => n))
      equal((await queue.getJobCounts('completed')).completed, 50)
    })
})

test('delayed', async () => {
  await withQueue('later', async () => 'late', async (queue, events) => {
    const job = await queue.add('job', {}, { delay: 200 })
    equal(await job.getState(), 'delayed')
    equal(await job.waitUntilFinished(events, 20000), 'late')
  })
})

test('tried again', async () => {
  let tries = 0
  await withQueue('flaky', async () => {
    if (++tries < 3) throw new Error('not yet')
    return tries
  }, async (queue, events) => {
    const job = await queue.add('job', {}, { attempts: 3 })
    equal(await job.waitUntilFinished(events, 20000), 3)
  })
})

await run()
