import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  createUpstreams,
  isFirstByteTimeout,
  type UpstreamOutcome,
  type UpstreamRequest,
  type Upstreams,
} from './forward.ts'

let server: Server
let upstreams: Upstreams
let asked: string[]
let statusOf: (key: string) => number
let nowMs: number

beforeEach(async () => {
  asked = []
  statusOf = () => 200
  nowMs = 1_000_000
  server = createServer((request, response) => {
    const key = String(request.headers.authorization)
    asked.push(key)
    // 0 never answers.
    if (statusOf(key) > 0) response.writeHead(statusOf(key), { 'retry-after': '60' }).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const none = { baseUrl: 'http://127.0.0.1:1', apiKeys: [] }
  const openai = {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    apiKeys: ['a', 'b', 'c', 'd'],
  }
  upstreams = createUpstreams({
    providers: { openai, anthropic: none, google: none, xai: none },
    timeouts: { connectMs: 1000, firstByteMs: 1000, idleMs: 1000 },
    clock: { nowMs: () => nowMs },
  })
})

afterEach(async () => {
  await upstreams.close()
  server.closeAllConnections()
  server.close()
})

async function ask(more: Partial<UpstreamRequest> = {}): Promise<UpstreamOutcome> {
  const outcome = await upstreams.forward({
    ...more,
    provider: 'openai',
    path: '/chat/completions',
    body: '{}',
    headersFor: (key) => ({ authorization: key }),
    signal: new AbortController().signal,
  })
  if (outcome.kind === 'response') await outcome.body.readWhole(1000)
  return outcome
}

it('keys take turns', async () => {
  for (let times = 0; times < 4; times += 1) await ask()
  expect(asked.toSorted()).toEqual(['a', 'b', 'c', 'd'])
})

it.each([401, 403, 429, 500, 529])(
  'a key that is answered %i is not asked again while it cools down',
  async (status) => {
    statusOf = (key) => (key === 'b' ? status : 200)
    for (let times = 0; times < 8; times += 1) expect(await ask()).toMatchObject({ status: 200 })
    expect(asked.filter((key) => key === 'b')).toHaveLength(1)
    // As long as the provider said, which is longer than the 30 s that are assumed.
    nowMs += 59_000
    for (let times = 0; times < 8; times += 1) await ask()
    expect(asked.filter((key) => key === 'b')).toHaveLength(1)
    nowMs += 2_000
    for (let times = 0; times < 4; times += 1) await ask()
    expect(asked.filter((key) => key === 'b').length).toBeGreaterThan(1)
  },
)

it('three keys are tried, not more, and the last answer is told', async () => {
  statusOf = () => 429
  expect(await ask()).toMatchObject({ status: 429, retryAfterSeconds: 60 })
  expect(new Set(asked).size).toBe(3)
  expect(asked).toHaveLength(3)
})

it.each([400, 404, 413, 422])('a refusal of the request (%i) is nobody’s key’s fault', async (status) => {
  statusOf = () => status
  await ask()
  expect(asked).toHaveLength(1)
})

it('no other key is tried for a client that has left', async () => {
  statusOf = () => 429
  expect(await ask({ isWanted: () => false })).toMatchObject({ status: 429 })
  expect(asked).toHaveLength(1)
})

it('a whole answer that takes too long is not asked for again: it may be billed already', async () => {
  statusOf = () => 0
  const outcome = await ask({ isWhole: true })
  expect(isFirstByteTimeout(outcome)).toBe(true)
  expect(asked).toHaveLength(1)
  expect(isFirstByteTimeout(await ask())).toBe(true)
  expect(asked).toHaveLength(4)
}, 30_000)
