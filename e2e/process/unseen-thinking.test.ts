import { once } from 'node:events'
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { balanceOf, buyCredits, call, direct, until, verifyLedger } from './api-client.ts'
import { type Caller, startCaller } from './caller.ts'
import { trueCharge } from './true-charge.ts'

let caller: Caller

beforeAll(async () => {
  caller = await startCaller({ CLIENT_GONE_READ_MAX_MS: '6000', CLIENT_STALL_MAX_MS: '700' })
})
afterAll(async () => {
  expect(verifyLedger(caller.stack)).toMatchObject({ ok: true, openHolds: 0 })
  await caller.stack.close()
})

function grant(email: string, credits: number): string {
  const grantArgs = ['credits', 'grant', '--user', email, '--credits', String(credits)]
  return JSON.parse(caller.stack.cli(...grantArgs, '--partner', caller.partner.id, '--json')).user_key
}

function bodyOf(path: string, model: string, question: string, more: object = {}): string {
  return JSON.stringify({
    ...{ model, stream: true, ...more },
    ...(path === '/v1/responses' ? { input: question } : { messages: [{ role: 'user', content: question }] }),
    ...(path === '/v1/messages' ? { max_tokens: 64_000 } : {}),
  })
}

function send(path: string, key: string, body: string, signal: AbortSignal | null = null): Promise<Response> {
  return fetch(`${direct(caller.stack)}${path}`, {
    ...{ method: 'POST', body, signal },
    headers: { 'content-type': 'application/json', 'x-api-key': key, 'anthropic-version': '2023-06-01' },
  })
}

interface UnseenRecord {
  readonly tokens: { readonly output: number }
  readonly charge: number
  readonly held: number
}

const providerCall = async (mark: string) =>
  (await caller.calls()).find((one) => !one.path.endsWith('count_tokens') && JSON.stringify(one.body).includes(mark))

describe('a model that thinks and says nothing', () => {
  it('is stopped when the credits may be used up, in each format, and nobody else pays', async () => {
    const thinking = 'think-unseen=200000 speed=40'
    const lines = [
      ['/v1/messages', 'claude-opus-5-5', 12, thinking, /"stop_reason":"max_tokens".*event: message_stop\n/s],
      ['/v1/chat/completions', 'gpt-5', 6, thinking, /"finish_reason":"length".*data: \[DONE\]\n/s],
      ['/v1/responses', 'gpt-5', 6, thinking, /event: response\.incomplete\n.*"max_output_tokens"/s],
      ['/v1/messages', 'gpt-5', 6, thinking, /"stop_reason":"max_tokens".*event: message_stop\n/s],
      ['/v1/chat/completions', 'claude-opus-5-5', 12, thinking, /"finish_reason":"length".*data: \[DONE\]\n/s],
      // Before its headers.
      ['/v1/messages', 'claude-opus-5-5', 12, 'hang', /event: message_start\n.*event: message_stop\n/s],
      ['/v1/chat/completions', 'gpt-5', 6, 'hang', /"finish_reason":"length".*data: \[DONE\]\n/s],
      ['/v1/responses', 'gpt-5', 6, 'hang', /event: response\.created\n.*event: response\.incomplete\n/s],
    ] as const
    const keys = lines.map(([, , credits], index) => grant(`silent-${index}@example.com`, credits))
    const ends = lines.map(async ([path, model, credits, directive, end], index) => {
      const key = keys[index] ?? ''
      // Either alone could have all that it is limited to; both cannot.
      const leaving = new AbortController()
      const body = bodyOf(path, model, `silent-${index} [[sandbox: ${directive}]]`)
      const pair = [1, 2].map(async () => {
        const response = await send(path, key, body, leaving.signal)
        return { id: response.headers.get('request-id'), text: await response.text() }
      })
      const { id, text } = await Promise.any(pair)
      leaving.abort()
      await Promise.allSettled(pair)
      expect(text).toContain(': opencredits-max-tokens ')
      expect(text).toMatch(end)
      const record = await caller.record(id, key)
      expect(record).toMatchObject({ ending: 'credits_exhausted', estimated: true, paid_by_operator: 0 })
      expect(record.charge).toBeGreaterThan(0)
      await until(async () => (await balanceOf(caller.stack, key)).held === 0)
      const { balance } = await balanceOf(caller.stack, key)
      expect(balance).toBeGreaterThanOrEqual(0)
      expect(balance).toBeLessThan(credits)
      const calls = (await caller.calls()).filter(
        (one) => !one.path.endsWith('count_tokens') && JSON.stringify(one.body).includes(`silent-${index} `),
      )
      expect(calls.map(({ isAborted }) => isAborted)).toEqual([true, true])
    })
    await Promise.all(ends)
  }, 120_000)

  it('has its hold grow without a byte, and is charged what it says at the end', async () => {
    const question = 'grows [[sandbox: think-unseen=6000 speed=600 tokens=5]]'
    const asked = send('/v1/messages', caller.key, bodyOf('/v1/messages', 'claude-opus-5-5', question))
    const helds: number[] = []
    const text = asked.then((response) => response.text())
    let isOver = false
    void text.finally(() => {
      isOver = true
    })
    while (!isOver) {
      helds.push((await balanceOf(caller.stack, caller.key)).held)
      await new Promise((wait) => setTimeout(wait, 100))
    }
    expect(await text).toContain('message_stop')
    const record = await caller.record((await asked).headers.get('request-id'))
    expect(record).toMatchObject({
      ending: 'completed',
      estimated: false,
      tokens: { output: 6005 },
      paid_by_operator: 0,
    })
    // The first step would not have covered it.
    expect(Math.max(...helds)).toBeGreaterThan(Number(record.charge))
    expect((await balanceOf(caller.stack, caller.key)).held).toBe(0)
  }, 60_000)
})

describe('a client that has left', () => {
  it.concurrent.each([
    ['/v1/messages', 'claude-opus-5-5', true, 'think-unseen=200000 speed=60'],
    ['/v1/chat/completions', 'o3', true, 'hang'],
    ['/v1/responses', 'o3', false, 'hang'],
    ['/v1/messages', 'claude-sonnet-4', false, 'hang'],
  ] as const)(
    'is waited for so long: %s of %s, streamed: %s, %s; then its provider is stopped, and the time is charged',
    async (path, model, stream, directive) => {
      const mark = `left-${path}-${model}`
      const leaving = new AbortController()
      const before = performance.now()
      const body = bodyOf(path, model, `${mark} [[sandbox: ${directive}]]`, { stream })
      const { userKey: key } = await buyCredits(caller.stack, caller.partner, 100)
      const asked = send(path, key, body, leaving.signal).catch(() => null)
      await until(async () => (await providerCall(mark)) !== undefined)
      leaving.abort()
      await asked
      await until(async () => (await providerCall(mark))?.isAborted === true)
      const elapsedSeconds = (performance.now() - before) / 1000
      const newest = async () => {
        const history = await call(caller.stack, 'GET', '/v1/credits/history?limit=1', { key })
        return (history.body.data as readonly { readonly request_id: string }[])[0]?.request_id
      }
      await until(async () => (await caller.record(await newest(), key)).status === 'settled')
      const record = await caller.record(await newest(), key)
      expect(record).toMatchObject({ ending: 'client_gone', estimated: true, paid_by_operator: 0 })
      const { tokens, charge, held } = record as unknown as UnseenRecord
      expect(tokens.output).toBeGreaterThan(200)
      // The fastest of them is taken for 130 tokens a second, and a little faster since the call above.
      expect(tokens.output).toBeLessThan(elapsedSeconds * 170 + 50)
      expect(charge).toBeLessThanOrEqual(held)
    },
    60_000,
  )

  it('has left as well when it only stops reading; what it did not read is charged as it was generated', async () => {
    const question = 'stalls [[sandbox: tokens=40000]]'
    const asked = request(`${direct(caller.stack)}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-user-key': caller.key },
    })
    asked.on('error', () => {})
    asked.end(bodyOf('/v1/chat/completions', 'grok-3', question))
    const [response] = await once(asked, 'response')
    response.on('error', () => {})
    response.pause()
    const id = response.headers['request-id']
    await until(async () => (await caller.record(id)).status === 'settled', 40_000)
    const record = await caller.record(id)
    expect(record).toMatchObject({ ending: 'client_gone', estimated: false, paid_by_operator: 0 })
    const served = await providerCall('stalls ')
    expect(Math.round(Number(record.charge) * 1e6)).toBe(served === undefined ? 0 : trueCharge(served))
    asked.destroy()
  }, 60_000)
})
