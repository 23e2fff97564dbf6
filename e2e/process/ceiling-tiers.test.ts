import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { balanceOf, call, until, verifyLedger } from './api-client.ts'
import { type Caller, startCaller } from './caller.ts'
import { bodyOf, pdfOf, smallPicture } from './ceiling-bodies.ts'
import { makeKey } from './make-key.ts'
import { openWallets, type Wallets, walletEnvironment } from './wallets.ts'

/** What is held for a prompt: its bound where that is easily borne, else its count. */
let caller: Caller
let wallets: Wallets

beforeAll(async () => {
  caller = await startCaller(walletEnvironment)
  wallets = openWallets(caller.stack, caller.partner.id)
}, 60_000)

afterEach(() => caller.stack.sandbox.providers.control.clear())

afterAll(async () => {
  await wallets.close()
  expect(verifyLedger(caller.stack)).toMatchObject({ ok: true, openHolds: 0 })
  await caller.stack.close()
})

const isCount = ({ path }: { readonly path: string }) => path.endsWith('/count_tokens')
const counts = async () => (await caller.calls()).filter(isCount).length

/** Some 10 000 tokens, and 45 000 bytes. */
const long = 'The quick brown fox jumps over the lazy dog. '.repeat(1000)
const asks = {
  'Anthropic’s own count': ['/v1/messages', { model: 'claude-opus-5', max_tokens: 100 }],
  'a tokenizer here': ['/v1/chat/completions', { model: 'gpt-5', max_completion_tokens: 100 }],
} as const

function ask(key: string, name: keyof typeof asks, content: string, more: object = {}) {
  const [path, fields] = asks[name]
  return call(caller.stack, 'POST', path, {
    key,
    body: { ...fields, messages: [{ role: 'user', content: `${content} [[sandbox: tokens=5]]` }], ...more },
  })
}

const heldFor = async (answer: Awaited<ReturnType<typeof ask>>, key: string) =>
  Number((await caller.record(answer.headers.get('request-id'), key)).held)

/** Credits of so many input tokens, and of 100 tokens of output, with the partner's tenth. */
const costOf = (tokens: number, rates: { readonly input: number; readonly output: number }) =>
  ((tokens * rates.input + 100 * rates.output) / 1_000_000) * 1.1
const rates = {
  'Anthropic’s own count': { input: 500, output: 2500 },
  'a tokenizer here': { input: 125, output: 1000 },
}

describe.each(['Anthropic’s own count', 'a tokenizer here'] as const)('%s', (name) => {
  const bound = costOf(45_000, rates[name])
  const exact = costOf(10_000, rates[name])

  it('is not asked for where the credits bear the bound ten times', async () => {
    const key = await wallets.create(Math.ceil(bound * 12))
    const answer = await ask(key, name, long)
    expect(answer.status).toBe(200)
    expect(await counts()).toBe(0)
    expect(await heldFor(answer, key)).toBeGreaterThan(bound)
  })

  it.each(['wallet', 'budget'])('is held with 2 % where a %s does not', async (limit) => {
    const credits = Math.ceil(exact * 2)
    const key =
      limit === 'wallet'
        ? await wallets.create(credits)
        : (await makeKey(caller.stack, caller.key, { name: limit, budget: credits, window: 'total' })).key
    const answer = await ask(key, name, long)
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    const { tokens } = (await caller.record(answer.headers.get('request-id'), key)) as {
      tokens: { input: number; cache_read: number }
    }
    const held = await heldFor(answer, key)
    const read = tokens.input + tokens.cache_read
    expect(held).toBeGreaterThanOrEqual(costOf(read, rates[name]))
    expect(held).toBeLessThan(costOf(read * 1.03 + 60, rates[name]))
  })

  it('does not help a wallet that has less: both numbers are told', async () => {
    const key = await wallets.create(1)
    const answer = await ask(key, name, long)
    expect(answer.status).toBe(402)
    const { message } = answer.body.error as { message: string }
    const [, have, need] = /^Insufficient credits: ([\d.]+) left, about ([\d.]+) needed/.exec(message) ?? []
    expect(Number(have)).toBe(1)
    // The counted need, and not the bound.
    expect(Number(need)).toBeGreaterThan(exact * 0.9)
    expect(Number(need)).toBeLessThan(exact * 1.2)
    expect((await caller.calls()).filter((one) => !isCount(one))).toEqual([])
  })

  it('is not made for a wallet that could not pay the least answer', async () => {
    const key = await wallets.create(0.001)
    expect((await ask(key, name, long)).status).toBe(402)
    expect(await counts()).toBe(0)
  })

  it('lets calls side by side share a balance that bears them all', async () => {
    const key = await wallets.create(Math.ceil(exact * 12))
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => ask(key, name, `${long} [[sandbox: first-byte-delay=1500]]`)),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200))
    expect((await balanceOf(caller.stack, key)).held).toBe(0)
  })
})

describe('a count that does not come', () => {
  const bound = costOf(45_000, rates['Anthropic’s own count'])
  it.each([
    ['fails', 'count-status=500'],
    ['is refused for now', 'count-status=429'],
    ['hangs', 'count-hang'],
  ])('%s: the bound is held where it is there, and our key goes on', async (_label, trouble) => {
    const key = await wallets.create(Math.ceil(bound * 2))
    const startedAtMs = performance.now()
    const answer = await ask(key, 'Anthropic’s own count', `${long} [[sandbox: ${trouble}]]`)
    expect(answer.status).toBe(200)
    expect(performance.now() - startedAtMs).toBeLessThan(15_000)
    expect(await counts()).toBe(1)
    expect(await heldFor(answer, key)).toBeGreaterThan(bound)
    const poor = await wallets.create(Math.ceil(bound / 2))
    expect(await ask(poor, 'Anthropic’s own count', `${long} [[sandbox: ${trouble}]]`)).toMatchObject({ status: 402 })
    // A limit on counting is none on the key: it is asked again at once, and first.
    expect((await ask(caller.key, 'Anthropic’s own count', 'Hi')).status).toBe(200)
  })
})

describe('a balance of 5 credits', () => {
  it.each([
    ['messages', 'claude-opus-5-5'],
    ['chat', 'gpt-4o'],
    ['chat', 'gpt-4o-mini'],
    ['responses', 'gpt-5.4'],
    ['chat', 'gemini-3.1-pro-preview'],
    ['chat', 'grok-4'],
  ] as const)('is enough for a short prompt with one small picture: %s of %s', async (format, model) => {
    const key = await wallets.create(5)
    const contents = [{ kind: 'picture', data: smallPicture }] as const
    const path = { messages: '/v1/messages', chat: '/v1/chat/completions', responses: '/v1/responses' }[format]
    for (const isStream of [false, true]) {
      const body = bodyOf(format, { model, contents, directive: 'tokens=20', limit: 1024, isStream })
      expect((await call(caller.stack, 'POST', path, { key, body })).status).toBe(200)
    }
  })
})

describe('what nobody knows the length of', () => {
  const prices = { 'claude-haiku-4-5': 200_000 * 100 }
  const url = 'https://example.com/a.pdf'

  it('is held as the context window less the answer', async () => {
    const document = { type: 'document', source: { type: 'url', url } }
    const content = [document, { type: 'text', text: 'Hi' }]
    const answer = await ask(caller.key, 'Anthropic’s own count', '', {
      model: 'claude-haiku-4-5',
      messages: [{ role: 'user', content }],
    })
    const input = ((prices['claude-haiku-4-5'] - 100 * 100) / 1_000_000) * 1.1
    expect(await heldFor(answer, caller.key)).toBeCloseTo(input + ((100 * 500) / 1_000_000) * 1.1, 4)
    expect(await counts()).toBe(0)
  })

  it('is fetched for another family’s model only once that is held: a refusal gives it back', async () => {
    const key = await wallets.create(100)
    const content = [{ type: 'document', source: { type: 'url', url: 'http://127.0.0.1:1/a.pdf' } }]
    const answer = await ask(key, 'Anthropic’s own count', '', {
      model: 'gpt-4o',
      messages: [{ role: 'user', content }],
    })
    expect(answer).toMatchObject({ status: 400, body: { error: { message: expect.stringMatching(/not public/) } } })
    const record = await caller.record(answer.headers.get('request-id'), key)
    expect(record).toMatchObject({ status: 'released', ending: 'not_sent' })
    expect(Number(record.held)).toBeGreaterThan(30)
    expect(await balanceOf(caller.stack, key)).toEqual({ balance: 100, held: 0 })
    // Without the credits nothing is fetched.
    const poor = await wallets.create(10)
    expect(
      (await ask(poor, 'Anthropic’s own count', '', { model: 'gpt-4o', messages: [{ role: 'user', content }] })).status,
    ).toBe(402)
  })

  it('is fetched from 20 addresses at most, which is said before anything is held', async () => {
    const content = Array.from({ length: 21 }, (_, index) => ({
      type: 'document',
      source: { type: 'url', url: `${url}?${index}` },
    }))
    const answer = await ask(caller.key, 'Anthropic’s own count', '', {
      model: 'gpt-4o',
      messages: [{ role: 'user', content }],
    })
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringMatching(/at most 20 are fetched/) } },
    })
    expect((await caller.record(answer.headers.get('request-id'))).error).toMatchObject({ type: 'not_found' })
  })

  it('is what a marked user’s prompts are taken for, uncounted', async () => {
    const key = await wallets.create(60)
    const lied = await ask(key, 'a tokenizer here', 'Hi [[sandbox: usage-input=90000]]')
    expect(await caller.record(lied.headers.get('request-id'), key)).toMatchObject({ above_hold: expect.any(Number) })
    await until(async () => (await ask(key, 'a tokenizer here', 'Hi')).status === 402)
    expect(((await ask(key, 'a tokenizer here', 'Hi')).body.error as { message: string }).message).toMatch(
      /about 5\d(\.\d+)? needed/,
    )
  })
})

describe('a PDF', () => {
  it('is held by its pages', async () => {
    const body = (pages: number) =>
      bodyOf('messages', {
        model: 'claude-opus-5',
        contents: [{ kind: 'pdf', data: pdfOf(pages) }],
        directive: 'tokens=5',
        limit: 100,
        isStream: false,
      })
    const held = async (pages: number) => {
      const answer = await call(caller.stack, 'POST', '/v1/messages', { key: caller.key, body: body(pages) })
      return heldFor(answer, caller.key)
    }
    // 3 000 tokens of text and the largest picture for each page.
    const perPage = ((7784 * 500) / 1_000_000) * 1.1
    expect((await held(30)) - (await held(10))).toBeCloseTo(20 * perPage, 4)
  })
})
