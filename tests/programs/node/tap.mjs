// SPDX-License-Identifier: GPL-3.0-or-later
// What the programs for Node.js share: cases that are told as TAP.
import { isDeepStrictEqual, inspect } from 'node:util'

export const host = process.env.REDIS_HOST
export const port = Number(process.env.REDIS_PORT)
export const url = `redis://${host}:${port}`
const cases = []

export function test (name, body) {
  cases.push([name, body])
}

export function equal (got, wanted) {
  // Replies that are maps have no prototype.
  const plain = got !== null && typeof got === 'object' && !Array.isArray(got) &&
    Object.getPrototypeOf(got) === null ? { ...got } : got
  if (!isDeepStrictEqual(plain, wanted)) {
    throw new Error(`${inspect(got)}, not ${inspect(wanted)}`)
  }
}

export async function rejects (promise, text) {
  let result
  try {
    result = await promise
  } catch (error) {
    if (!String(error.message).includes(text)) throw error
    return
  }
  throw new Error(`${inspect(result)}, and no error`)
}

export async function until (condition) {
  const end = Date.now() + 10000
  while (!await condition()) {
    if (Date.now() > end) throw new Error('did not come about in 10 s')
    await new Promise(resolve => setTimeout(resolve, 2))
  }
}

export async function run () {
  let failed = 0
  console.log(`1..${cases.length}`)
  for (const [index, [name, body]] of cases.entries()) {
    try {
      await body()
      console.log(`ok ${index + 1} - ${name}`)
    } catch (error) {
      failed++
      console.log(String(error.stack).replace(/^/gm, '# '))
      console.log(`not ok ${index + 1} - ${name}`)
    }
  }
  process.exitCode = failed ? 1 : 0
}
