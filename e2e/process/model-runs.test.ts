import type { ProviderCall } from '@opencredits/sandbox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiAnswer, balanceOf, buyCredits, call, verifyLedger } from './api-client.ts'
import { type Caller, startCaller } from './caller.ts'
import { makeKey } from './make-key.ts'
import { dearestRate, trueCostOfRuns } from './true-charge.ts'
import { openWallets, type Wallets, walletEnvironment } from './wallets.ts'

/** Calls that several models work on: Anthropic's compaction, advisor and fallbacks. Each run is billed to who asked for it. */
let caller: Caller
let wallets: Wallets

beforeAll(async () => {
  caller = await startCaller(walletEnvironment)
  wallets = openWallets(caller.stack, caller.partner.id)
}, 60_000)

afterAll(async () => {
  await wallets.close()
  expect(verifyLedger(caller.stack)).toMatchObject({ ok: true, openHolds: 0 })
  await caller.stack.close()
})

type Body = Record<string, unknown>

const betas = [
  ...['advisor-tool-2026-03-01', 'server-side-fallback-2026-07-01', 'context-management-2025-06-27'],
  ...['compact-2026-01-12', 'compact-2026-09-04'],
]
const post = (body: Body, key = caller.key, path = '/v1/messages') =>
  call(caller.stack, 'POST', path, {
    key,
    headers: { 'anthropic-beta': betas.join() },
    body: { model: 'claude-sonnet-5', max_tokens: 1000, messages: [{ role: 'user', content: 'Hi' }], ...body },
  })

const ask = (said: string, body: Body, key?: string) =>
  post({ messages: [{ role: 'user', content: said }], ...body }, key)

const advisor = (model = 'claude-opus-4-6', more: Body = {}): Body => ({
  tools: [{ type: 'advisor_20260301', name: 'advisor', model, ...more }],
})
const fallbacks = (...models: readonly string[]): Body => ({ fallbacks: models.map((model) => ({ model })) })
const edit = (more: Body = {}): Body => ({
  context_management: {
    edits: [{ type: 'compact_20260112', trigger: { type: 'input_tokens', value: 50_000 }, ...more }],
  },
})
const iterations = (...entries: readonly Body[]) => `[[sandbox: tokens=20 iterations='${JSON.stringify(entries)}']]`

interface CallRecord extends Body {
  readonly provider_cost: number
  readonly charge: number
  readonly runs: readonly { readonly kind: string; readonly model: string | null }[] | null
}

/** What the provider did for a call, the newest, and what its record says. */
async function tell({ headers }: ApiAnswer, key = caller.key): Promise<{ made: ProviderCall; record: CallRecord }> {
  const made = await caller.lastCall()
  if (made === undefined) throw new Error('no call was made')
  return { made, record: (await caller.record(headers.get('request-id'), key)) as CallRecord }
}

describe.each([{ stream: false }, { stream: true }])('runs are charged exactly: %j', (how) => {
  const long = `${'The quick brown fox jumps over the lazy dog. '.repeat(6000)}[[sandbox: tokens=10]]`
  const cases: readonly (readonly [string, string, Body, readonly string[]])[] = [
    ['a compaction on the way', long, edit(), ['compaction', 'message']],
    ['one that is all', long, edit({ pause_after_compaction: true }), ['compaction']],
    ['one that is asked for', 'Hi', { compaction: { type: 'summarize' } }, ['compaction']],
    ['an advisor', 'Please use advisor [[sandbox: tokens=10]]', advisor(), ['advisor', 'message']],
    [
      'a dearer advisor of a cheap model',
      'Please use advisor [[sandbox: tokens=10]]',
      { model: 'claude-haiku-4-5', ...advisor('claude-opus-5-5', { max_uses: 1, max_tokens: 2048 }) },
      ['advisor', 'message'],
    ],
    [
      'a fallback',
      'Hi [[sandbox: tokens=10 declines=1]]',
      fallbacks('claude-haiku-4-5', 'claude-opus-4.6'),
      ['message', 'fallback'],
    ],
    [
      'the second fallback',
      'Hi [[sandbox: tokens=10 declines=2]]',
      fallbacks('claude-haiku-4-5', 'claude-opus-4.6'),
      ['message', 'message', 'fallback'],
    ],
    [
      'a fallback of the provider’s choice',
      'Hi [[sandbox: declines=1]]',
      { fallbacks: 'default' },
      ['message', 'fallback'],
    ],
    ['a fallback that was not needed', 'Hi', fallbacks('claude-haiku-4-5'), []],
    [
      'all of them',
      'Please use advisor [[sandbox: input=60000 tokens=10 declines=1]]',
      { ...advisor(), ...fallbacks('claude-haiku-4-5'), ...edit({ trigger: { type: 'input_tokens', value: 50_000 } }) },
      ['compaction', 'message', 'advisor', 'fallback'],
    ],
    [
      'several messages',
      `Hi ${iterations({ type: 'message', input_tokens: 100, output_tokens: 10 }, { type: 'message', input_tokens: 90, cache_read_input_tokens: 70, output_tokens: 14 })}`,
      {},
      ['message', 'message'],
    ],
    [
      'what was written to caches',
      `Hi ${iterations({ type: 'compaction', input_tokens: 1, output_tokens: 9, cache_creation: { ephemeral_1h_input_tokens: 20 } }, { type: 'message' })}`,
      { messages: undefined, ...edit({ trigger: { type: 'input_tokens', value: 50_000 } }) },
      ['compaction', 'message'],
    ],
  ]

  it.each(cases)('%s', async (_label, said, body, kinds) => {
    const before = await balanceOf(caller.stack, caller.key)
    const { messages: _none, ...rest } = body
    const answer = await ask(said, { ...how, ...rest })
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    const { made, record } = await tell(answer)
    expect(record.provider_cost * 1_000_000).toBeCloseTo(trueCostOfRuns(made), 3)
    expect(record).toMatchObject({ estimated: false, paid_by_operator: 0 })
    expect(record.runs?.map(({ kind }) => kind) ?? []).toEqual(kinds)
    // What a directive lies about is more than the prompt that was held for.
    if (!said.includes('input=') && !said.includes('iterations=')) expect(record.above_hold).toBe(0)
    const after = await balanceOf(caller.stack, caller.key)
    expect(before.balance - after.balance).toBeCloseTo(record.charge, 5)
    expect(after.held).toBe(0)
  })
})

describe('a model that nobody named', () => {
  it('is charged as the dearest that is offered', async () => {
    const entries = [
      { type: 'advisor_message', model: 'claude-nobody-7', input_tokens: 100, output_tokens: 10 },
      { type: 'message' },
    ]
    const { made, record } = await tell(await ask(`Hi ${iterations(...entries)}`, advisor()))
    const dearest =
      100 * dearestRate('anthropic', 'inputPerMillion') + 10 * dearestRate('anthropic', 'outputPerMillion')
    const known = trueCostOfRuns({ ...made, otherIterations: [] })
    expect(record.provider_cost * 1_000_000).toBeCloseTo(known + dearest / 1_000_000, 3)
    expect(record.runs).toMatchObject([{ kind: 'advisor', model: 'claude-nobody-7' }, { kind: 'message' }])
  })
})

describe('a key or an app that may use some models only', () => {
  const models = ['claude-sonnet-5', 'claude-haiku-4-5']

  async function keys(): Promise<readonly string[]> {
    const body = { name: 'some models', models }
    const named = await makeKey(caller.stack, caller.key, body)
    const other = caller.stack.createPartner({ name: 'Some models' })
    caller.stack.cli('partner', 'update', other.id, '--models', models.join(), '--json')
    const { userKey } = await buyCredits(caller.stack, other, 5)
    return [named.key, userKey]
  }

  it('is refused others, wherever they are named', async () => {
    const before = (await caller.calls()).length
    for (const key of await keys()) {
      for (const [param, body] of [
        ['tools.0.model', advisor()],
        ['fallbacks.1.model', fallbacks('claude-haiku-4-5', 'claude-opus-5')],
        ['fallbacks', { fallbacks: 'default' }],
      ] as const) {
        const answer = await post(body, key)
        expect(answer, param).toMatchObject({ status: 403, body: { error: { type: 'model_not_allowed' } } })
        expect((await balanceOf(caller.stack, key)).held).toBe(0)
      }
    }
    expect((await caller.calls()).length).toBe(before)
    for (const key of await keys())
      expect(
        (await post({ ...advisor('anthropic/claude-haiku-4.5'), ...fallbacks('claude-haiku-4-5') }, key)).status,
      ).toBe(200)
  })

  it('is told of models that are not here, or not of this provider', async () => {
    expect(await post(advisor('claude-never'))).toMatchObject({
      status: 404,
      body: { error: { type: 'model_not_found' } },
    })
    expect(await post(fallbacks('gpt-5'))).toMatchObject({
      status: 400,
      body: { error: { type: 'invalid_request' } },
    })
  })
})

describe('what goes out', () => {
  const sent = async () => (await caller.lastCall())?.body as { tools: readonly Body[]; fallbacks: readonly Body[] }

  it('names models as Anthropic does, and leaves no limit open', async () => {
    const tools = [
      ...(advisor('anthropic/claude-haiku-4.5').tools as Body[]),
      { type: 'web_search_20260209', name: 'web_search' },
    ]
    expect((await post({ tools, ...fallbacks('claude-opus-4.6') })).status).toBe(200)
    expect(await sent()).toMatchObject({
      tools: [{ model: 'claude-haiku-4-5-20251001', max_uses: 3, max_tokens: 8192 }, { max_uses: 5 }],
      fallbacks: [{ model: 'claude-opus-4-6' }],
    })
  })

  it('names them so when tokens are counted', async () => {
    const body = { max_tokens: undefined, ...advisor('anthropic/claude-haiku-4.5') }
    expect((await post(body, caller.key, '/v1/messages/count_tokens')).status).toBe(200)
    expect((await sent()).tools).toEqual(advisor('claude-haiku-4-5-20251001').tools)
  })
})

describe('a stream that breaks before its runs are counted', () => {
  it.each([
    ['an advisor', 'Please use advisor', advisor(), ['advisor', 'message']],
    ['an advisor that was not asked', 'Hi', advisor(), ['message']],
    ['a fallback', 'Hi', fallbacks('claude-opus-4-6'), ['message', 'fallback'], 'declines=1'],
  ])('is charged those that it showed: %s', async (_label, said, body, kinds, more = '') => {
    const answer = await ask(`${said} [[sandbox: tokens=2000 cut-after=30 ${more}]]`, { stream: true, ...body })
    const { made, record } = await tell(answer)
    expect(record).toMatchObject({ estimated: true, ending: 'upstream_cut', paid_by_operator: 0 })
    expect(record.runs?.map(({ kind }) => kind)).toEqual(kinds)
    expect(record.provider_cost * 1_000_000).toBeGreaterThanOrEqual(trueCostOfRuns(made) * 0.9)
  })
})

describe('the worst that the provider may do', () => {
  const bodies: readonly (readonly [string, Body])[] = [
    ['an advisor', advisor()],
    ['an advisor without bounds of its own', advisor('claude-opus-5-5')],
    ['a cached advisor', advisor('claude-opus-5', { caching: { type: 'ephemeral', ttl: '1h' }, max_uses: 10 })],
    ['fallbacks', fallbacks('claude-opus-5', 'claude-haiku-4-5')],
    ['a fallback of its own limit', { fallbacks: [{ model: 'claude-opus-5', max_tokens: 5000 }] }],
    ['any fallback', { fallbacks: 'default' }],
    ['a compaction', edit()],
    ['one that is asked for', { compaction: { type: 'summarize' } }],
    [
      'an advisor that searches',
      { tools: [...(advisor().tools as Body[]), { type: 'web_search_20250305', name: 'web_search' }] },
    ],
    [
      'fallbacks that search',
      { ...fallbacks('claude-opus-5'), tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
    ],
    ['all of it', { ...advisor(), ...fallbacks('claude-opus-5'), ...edit() }],
  ]
  const prompts = ['Hi', 'The quick brown fox jumps over the lazy dog. '.repeat(1000)]

  it.each(bodies)('is held: %s', async (label, body) => {
    const poor = await wallets.create(20)
    for (const key of [caller.key, poor]) {
      for (const prompt of prompts) {
        for (const stream of [false, true]) {
          const answer = await ask(`${prompt} [[sandbox: worst speed=1000000]]`, { stream, ...body }, key)
          const where = `${label}, ${stream ? 'stream' : 'whole'}: ${JSON.stringify(answer.body)}`
          if (answer.status === 402 && key === poor) continue
          expect(answer.status, where).toBe(200)
          const { record } = await tell(answer, key)
          expect(record, where).toMatchObject({ estimated: false, above_hold: 0, paid_by_operator: 0 })
        }
      }
    }
    expect(await balanceOf(caller.stack, poor)).toMatchObject({ held: 0 })
  })
})
