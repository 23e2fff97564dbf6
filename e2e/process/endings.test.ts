import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { balanceOf, call, direct, until, verifyLedger } from './api-client.ts'
import { type Caller, startCaller } from './caller.ts'

let caller: Caller

beforeAll(async () => {
  caller = await startCaller({ OPENAI_API_KEY: 'sandbox-provider-key-a,sandbox-provider-key-b' })
}, 60_000)

afterAll(async () => {
  expect(verifyLedger(caller.stack)).toMatchObject({ ok: true, openHolds: 0 })
  await caller.stack.close()
})

describe('endings', () => {
  const endings: readonly (readonly [string, string, number, Record<string, unknown>])[] = [
    [
      'a provider that fails',
      'status=500',
      502,
      { status: 'released', ending: 'upstream_error', charge: 0, error: 'upstream_error' },
    ],
    ['a provider that is overloaded', 'status=529', 502, { status: 'released', ending: 'upstream_error', charge: 0 }],
    ['a key that is not good any more', 'status=401', 502, { status: 'released', ending: 'upstream_error', charge: 0 }],
    [
      'a provider’s rate limit',
      'status=429 retry-after=7',
      429,
      { status: 'released', ending: 'upstream_error', charge: 0, error: 'rate_limited' },
    ],
    ['a refusal of the request', 'status=413', 413, { status: 'released', ending: 'upstream_rejected', charge: 0 }],
    ['usage that is zero', 'zero-usage', 200, { status: 'settled', ending: 'completed', charge: 0, estimated: false }],
  ]
  it.each(endings)('%s', async (_label, directive, status, expected) => {
    const answer = await caller.chat(`Hi [[sandbox: ${directive}]]`)
    expect(answer.status).toBe(status)
    expect(await caller.record(answer.headers.get('request-id'))).toMatchObject(expected)
    if (status === 429) expect(answer.headers.get('retry-after')).toBe('7')
    if (status === 413)
      expect(answer.body).toMatchObject({ error: { message: 'The stand-in answers 413 as it was told.' } })
  })

  it.each(['no-usage', 'usage-output=-5', 'usage-output=NaN', 'usage-output=1e12', 'usage-output=2.5'])(
    'usage that cannot be believed (%s) is counted here and marked',
    async (directive) => {
      for (const send of [caller.chat, caller.message]) {
        const answer = await send(`Hi [[sandbox: tokens=40 ${directive}]]`)
        const row = await caller.record(answer.headers.get('request-id'))
        expect(row).toMatchObject({ status: 'settled', estimated: true, tokens: { output: 40 } })
      }
    },
  )

  it.each([
    ['cut', 'cut-after=10', 10],
    ['cut in the middle of an event', 'cut-mid-event=10', 10],
    ['ended by an error event', 'error-event-after=10', 10],
  ])(
    'a stream that is %s is charged for what came, and ends with an error in its own format',
    async (_label, directive, output) => {
      for (const send of [caller.chat, caller.message]) {
        const answer = await send(`Hi [[sandbox: tokens=60 ${directive}]]`, { stream: true })
        expect(answer.status).toBe(200)
        const text = String(answer.body.text)
        expect(text).toContain('"error"')
        expect(text).not.toMatch(/\[DONE\]|message_stop/)
        const row = await caller.record(answer.headers.get('request-id'))
        expect(row).toMatchObject({ status: 'settled', ending: 'upstream_cut', estimated: true })
        expect((row.tokens as { output: number }).output).toBe(output)
      }
    },
  )

  it('a client that leaves a stream stops the provider and pays for what was generated', async () => {
    for (const path of ['/v1/chat/completions', '/v1/messages'] as const) {
      const leave = new AbortController()
      const response = await fetch(`${direct(caller.stack)}${path}`, {
        method: 'POST',
        signal: leave.signal,
        headers: { 'content-type': 'application/json', 'x-user-key': caller.key },
        body: JSON.stringify({
          model: path.endsWith('messages') ? 'claude-sonnet-4' : 'gpt-4o',
          max_tokens: 900,
          stream: true,
          messages: [{ role: 'user', content: 'Go on [[sandbox: tokens=800 delay=10]]' }],
        }),
      })
      const reader = response.body?.getReader()
      for (let reads = 0; reads < 20; reads += 1) await reader?.read()
      leave.abort()
      const id = response.headers.get('request-id')
      await until(async () => (await caller.record(id)).status === 'settled')
      const row = await caller.record(id)
      expect(row).toMatchObject({ ending: 'client_gone', estimated: true })
      const seen = await caller.lastCall()
      expect(seen?.isAborted).toBe(true)
      expect(seen?.outputTokens).toBeLessThan(800)
      const counted = (row.tokens as { output: number }).output
      expect(counted).toBeGreaterThan(5)
      expect(counted).toBeLessThanOrEqual((seen?.outputTokens ?? 0) + 1)
    }
  })

  it('a client that leaves a plain call pays for it all the same', async () => {
    const before = (await caller.calls()).length
    const leave = new AbortController()
    const leaving = fetch(`${direct(caller.stack)}/v1/chat/completions`, {
      method: 'POST',
      signal: leave.signal,
      headers: { 'content-type': 'application/json', 'x-user-key': caller.key },
      body: JSON.stringify({
        model: 'gpt-4o',
        messages: [{ role: 'user', content: 'Hi [[sandbox: first-byte-delay=400]]' }],
      }),
    }).catch(() => null)
    await until(async () => (await caller.calls()).length > before)
    leave.abort()
    await leaving
    const newest = async () =>
      (
        (await call(caller.stack, 'GET', '/v1/credits/history?limit=1', { key: caller.key })).body.data as {
          request_id: string
        }[]
      )[0]?.request_id
    const id = await newest()
    await until(async () => (await newest()) !== id || (await caller.record(await newest())).ending === 'completed')
    await until(async () => (await balanceOf(caller.stack, caller.key)).held === 0)
    expect(await caller.record(await newest())).toMatchObject({ ending: 'completed', estimated: false })
  })

  it('a failing key is passed over and the next one answers', async () => {
    const { control } = caller.stack.sandbox.providers
    await control.failKey('sandbox-provider-key-a', 401)
    for (let times = 0; times < 4; times += 1) expect((await caller.chat('Hi')).status).toBe(200)
    await control.failKey('sandbox-provider-key-a', 0)
  })
})
