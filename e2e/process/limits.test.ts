import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { balanceOf, call, direct, until } from './api-client.ts'
import { type Caller, startCaller } from './caller.ts'
import { makeKey } from './make-key.ts'
import { grantTestCredits } from './test-user.ts'

let caller: Caller

beforeAll(async () => {
  caller = await startCaller({
    KEY_REQUESTS_PER_MINUTE: '30',
    KEY_CALLS_AT_ONCE: '4',
    ADDRESS_REQUESTS_PER_MINUTE: '60',
    STREAM_PING_INTERVAL_MS: '100',
  })
})
afterAll(() => caller.stack.close())

describe('limits', () => {
  it('a key has so many calls at once, and the next one waits its turn', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => caller.chat('Hi [[sandbox: tokens=2 first-byte-delay=400]]', { max_tokens: 5 })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 429, 429])
    const refused = answers.find(({ status }) => status === 429)
    expect(refused?.headers.get('retry-after')).toBe('1')
    expect((await caller.chat('Hi', { max_tokens: 5 })).status).toBe(200)
  })

  it('a call that is read on for a client that has left keeps its place', async () => {
    const leaving = new AbortController()
    const question = 'Think [[sandbox: think-unseen=200 speed=100 tokens=2]]'
    const left = Array.from({ length: 4 }, () =>
      fetch(`${direct(caller.stack)}/v1/chat/completions`, {
        ...{ method: 'POST', signal: leaving.signal },
        headers: { 'content-type': 'application/json', 'x-user-key': caller.key },
        body: JSON.stringify({ model: 'o3', stream: true, messages: [{ role: 'user', content: question }] }),
      }).catch(() => null),
    )
    const running = async () =>
      (await caller.calls()).filter(({ model, endedAtMs }) => model === 'o3' && endedAtMs === null)
    await until(async () => (await running()).length === 4)
    leaving.abort()
    await Promise.all(left)
    expect((await caller.chat('Hi', { max_tokens: 5 })).status).toBe(429)
    await until(async () => (await running()).length === 0)
    await until(async () => (await balanceOf(caller.stack, caller.key)).held === 0)
    expect((await caller.chat('Hi', { max_tokens: 5 })).status).toBe(200)
  })

  it('every answer tells what is left of the key’s minute; then it is 429 in the caller’s dialect, and nothing is held', async () => {
    const first = await caller.chat('Hi', { max_tokens: 5 })
    expect(first.headers.get('x-ratelimit-limit-requests')).toBe('30')
    const left = Number(first.headers.get('x-ratelimit-remaining-requests'))
    expect(left).toBeGreaterThan(0)
    for (let index = 0; index < left; index += 1) await caller.chat('Hi', { max_tokens: 5 })
    const { balance } = await balanceOf(caller.stack, caller.key)
    const limited = await caller.message('Hi')
    expect(limited).toMatchObject({ status: 429, body: { type: 'error', error: { type: 'rate_limited' } } })
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(limited.headers.get('x-ratelimit-remaining-requests')).toBe('0')
    expect(await balanceOf(caller.stack, caller.key)).toEqual({ balance, held: 0 })
  })

  it('a key’s own limit lifts nothing that the operator has set', async () => {
    const other = await startCaller({ KEY_REQUESTS_PER_MINUTE: '3' })
    const named = await makeKey(other.stack, other.key, { name: 'fast', rpm: 1000 })
    const statuses: number[] = []
    for (let index = 0; index < 4; index += 1)
      statuses.push((await other.chat('Hi', { max_tokens: 5 }, named.key)).status)
    expect(statuses).toEqual([200, 200, 200, 429])
    // Whoever knows the app's key of the test world may be many users there.
    const inTestWorld: number[] = []
    const [one, two] = ['a@example.com', 'b@example.com'].map((email) =>
      grantTestCredits(other.stack, other.partner, 100, email),
    )
    for (const user of [one, two, one, two])
      inTestWorld.push((await other.chat('Hi', { max_tokens: 5 }, user?.key)).status)
    expect(inTestWorld).toEqual([200, 200, 200, 429])
    await other.stack.close()
  })

  it('an address has its limit whoever it says it is', async () => {
    const tries = Array.from({ length: 60 }, (_, index) => `oc_sk_guess${index}`)
    const statuses: number[] = []
    for (const key of tries) statuses.push((await caller.chat('Hi', {}, key)).status)
    expect(new Set(statuses)).toEqual(new Set([401, 429]))
    expect(statuses.at(-1)).toBe(429)
  })
})

describe('limits that servers count together', () => {
  it('are counted by each alone while Redis is away, and nothing else fails with it', async () => {
    const other = await startCaller({ REDIS_URL: 'redis://127.0.0.1:1', KEY_REQUESTS_PER_MINUTE: '3' })
    const statuses: number[] = []
    for (let index = 0; index < 4; index += 1) statuses.push((await other.chat('Hi', { max_tokens: 5 })).status)
    expect(statuses).toEqual([200, 200, 200, 429])
    await other.stack.close()
  })
})

describe('a silent provider', () => {
  it('the client is told that its stream is alive, between events', async () => {
    const other = await startCaller({ STREAM_PING_INTERVAL_MS: '100' })
    for (const [path, model, ping] of [
      ['/v1/messages', 'claude-sonnet-4', 'event: ping\ndata: {"type":"ping"}\n\n'],
      ['/v1/chat/completions', 'gpt-4o', ': ping\n\n'],
      ['/v1/chat/completions', 'claude-sonnet-4', ': ping\n\n'],
    ] as const) {
      const response = await fetch(`${direct(other.stack)}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-user-key': other.key },
        body: JSON.stringify({
          ...{ model, stream: true, max_tokens: 10 },
          messages: [{ role: 'user', content: 'Hi [[sandbox: tokens=3 delay=350]]' }],
        }),
      })
      const text = await response.text()
      expect(text.split(ping).length).toBeGreaterThan(3)
      for (const event of text.split('\n\n').filter((one) => one.startsWith('data: {')))
        expect(() => JSON.parse(event.slice(6))).not.toThrow()
    }
    await other.stack.close()
  })

  it('answers HEAD /, lists models fast, and counts tokens for nothing', async () => {
    const other = await startCaller()
    const head = await fetch(`${direct(other.stack)}/`, { method: 'HEAD' })
    expect(head.status).toBe(200)
    const models = await fetch(`${direct(other.stack)}/v1/models?limit=1000`, { redirect: 'error' })
    expect(models.status).toBe(200)
    const before = await balanceOf(other.stack, other.key)
    for (const model of ['claude-sonnet-4', 'gpt-4o', 'gemini-2.5-pro']) {
      const answer = await call(other.stack, 'POST', '/v1/messages/count_tokens', {
        key: other.key,
        body: { model, messages: [{ role: 'user', content: 'How many tokens are in this sentence?' }] },
      })
      expect(answer.body).toEqual({ input_tokens: expect.any(Number) })
      expect(Number(answer.body.input_tokens)).toBeGreaterThan(7)
      expect(Number(answer.body.input_tokens)).toBeLessThan(25)
    }
    // The provider's quarrel with our key is none of the client's: the tokens are counted here.
    const { control } = other.stack.sandbox.providers
    for (const status of [401, 429, 500]) {
      await control.failKey(other.stack.sandbox.providers.apiKey, status)
      const answer = await call(other.stack, 'POST', '/v1/messages/count_tokens', {
        key: other.key,
        body: { model: 'claude-sonnet-4', messages: [{ role: 'user', content: 'Hi' }] },
      })
      expect(answer).toMatchObject({ status: 200, body: { input_tokens: expect.any(Number) } })
    }
    expect(await balanceOf(other.stack, other.key)).toEqual(before)
    await other.stack.close()
  })
})
