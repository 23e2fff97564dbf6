import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { direct, verifyLedger } from './api-client.ts'
import { type Caller, startCaller } from './caller.ts'

let caller: Caller

beforeAll(async () => {
  caller = await startCaller({
    OPENAI_API_KEY: 'sandbox-provider-key-a,sandbox-provider-key-b',
    UPSTREAM_FIRST_BYTE_TIMEOUT_MS: '3000',
  })
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

  it('an answer that is longer than this server reads is charged, at most what was held', async () => {
    const question = { model: 'gpt-5-nano', n: 128, max_completion_tokens: 128_000 }
    const answer = await caller.chat('Hi [[sandbox: tokens=128000 speed=1000000]]', question)
    expect(answer.status).toBe(502)
    const row = await caller.record(answer.headers.get('request-id'))
    expect(row).toMatchObject({ status: 'settled', ending: 'upstream_cut', paid_by_operator: 0 })
    expect(Number(row.charge)).toBeGreaterThan(0)
  }, 60_000)

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

  it.each([
    ['cut', 'cut-after=10'],
    ['ended by an error event', 'error-event-after=10'],
    ['hung up before its counts', 'half'],
  ])(
    'a stream of a model that thinks unseen, %s, is charged for its time as well, at most what was held',
    async (_label, directive) => {
      for (const send of [caller.chat, caller.message]) {
        const question = `Hi [[sandbox: tokens=60 think-unseen=150 speed=100 ${directive}]]`
        const answer = await send(question, { stream: true, model: send === caller.chat ? 'o3' : 'claude-opus-5-5' })
        const row = await caller.record(answer.headers.get('request-id'))
        expect(row).toMatchObject({ status: 'settled', ending: 'upstream_cut', estimated: true, paid_by_operator: 0 })
        const { output } = row.tokens as { readonly output: number }
        // A second and a half of thinking, and ten or thirty tokens that came; the provider counts 160 to 180.
        expect(output).toBeGreaterThan(150)
        expect(row.charge).toBeLessThanOrEqual(Number(row.held))
      }
    },
  )

  it('a stream that is cut after it has searched the web is charged for the searches, and for what was read again', async () => {
    const tools = [{ type: 'web_search_20250305', name: 'web_search', max_uses: 4 }]
    const question = 'Look it up [[sandbox: searches=2 tokens=60 half]]'
    const answer = await caller.message(question, { stream: true, model: 'claude-haiku-4-5', tools })
    const row = await caller.record(answer.headers.get('request-id'))
    expect(row).toMatchObject({ status: 'settled', ending: 'upstream_cut', estimated: true, paid_by_operator: 0 })
    expect(row.tokens).toMatchObject({ web_searches: 2 })
    // Half of what was held for four searches, a window of results at the least.
    expect(Number((row.tokens as { readonly input: number }).input)).toBeGreaterThan(50_000)
    expect(row.charge).toBeLessThanOrEqual(Number(row.held))
  })

  it('a provider that begins no answer in time: a whole one is charged by its time and asked for once; a stream has failed', async () => {
    const [whole, stream] = await Promise.all([
      caller.chat('Never whole [[sandbox: hang]]'),
      caller.chat('Never streamed [[sandbox: hang]]', { stream: true }),
    ])
    for (const answer of [whole, stream])
      expect([answer.status, answer.body]).toMatchObject([502, { error: { type: 'upstream_error' } }])
    const times = async (words: string) =>
      (await caller.calls()).filter(({ body }) => JSON.stringify(body).includes(words)).length
    const charged = await caller.record(whole.headers.get('request-id'))
    expect(charged).toMatchObject({ ending: 'upstream_cut', estimated: true, error: 'upstream_error' })
    expect((charged.tokens as { readonly output: number }).output).toBeGreaterThan(200)
    expect(charged.charge).toBeLessThanOrEqual(Number(charged.held))
    expect(await times('Never whole')).toBe(1)
    expect(await caller.record(stream.headers.get('request-id'))).toMatchObject({ ending: 'upstream_error', charge: 0 })
    expect(await times('Never streamed')).toBe(2)
  })

  it('an event that cannot be read ends a stream as the provider’s fault, in the client’s format', async () => {
    for (const [send, model] of [
      [caller.chat, 'gpt-4o'],
      [caller.chat, 'claude-sonnet-4'],
      [caller.message, 'claude-sonnet-4'],
      [caller.message, 'gpt-4o'],
    ] as const) {
      const answer = await send('Hi [[sandbox: tokens=60 malformed-after=10]]', { stream: true, model })
      const text = String(answer.body.text)
      expect(text).toContain('upstream_error')
      expect(text).not.toMatch(/\[DONE\]|message_stop|\{"delta"\n/)
      const row = await caller.record(answer.headers.get('request-id'))
      expect(row).toMatchObject({ ending: 'upstream_cut', error: 'upstream_error', estimated: true })
      expect((row.tokens as { readonly output: number }).output).toBe(10)
    }
    const metrics = await (await fetch(`${direct(caller.stack)}/metrics`)).text()
    expect(metrics).toContain('opencredits_stream_faults_total{provider="openai",fault="unreadable"} 2\n')
    expect(metrics).toContain('opencredits_stream_faults_total{provider="anthropic",fault="unreadable"} 2\n')
    expect(metrics).toContain('opencredits_stream_faults_total{provider="openai",fault="broken"} 0\n')
    const told = caller.stack
      .output()
      .split('\n')
      .filter((line) => line.includes('"fault":"unreadable"'))
    expect(told).toHaveLength(4)
    expect(told.join('')).not.toContain('sandbox:')
  })

  it('a failing key is passed over and the next one answers', async () => {
    const { control } = caller.stack.sandbox.providers
    await control.failKey('sandbox-provider-key-a', 401)
    for (let times = 0; times < 4; times += 1) expect((await caller.chat('Hi')).status).toBe(200)
    await control.failKey('sandbox-provider-key-a', 0)
  })
})
