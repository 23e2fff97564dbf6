import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { balanceOf, call, verifyLedger } from './api-client.ts'
import { type Caller, startCaller } from './caller.ts'
import { bodyOf, type Content, type Format, largePicture, pathOf, pdfOf, smallPicture } from './ceiling-bodies.ts'
import { makeKey } from './make-key.ts'
import { openWallets, type Wallets, walletEnvironment } from './wallets.ts'

/**
 * Whatever a call is made of, the operator never pays for it: the provider reports the worst that its documentation
 * allows, to a wallet that has plenty, to one that has next to nothing, and to a key whose budget is as small.
 */
let caller: Caller
let wallets: Wallets

beforeAll(async () => {
  const many = { KEY_REQUESTS_PER_MINUTE: '100000', ADDRESS_REQUESTS_PER_MINUTE: '100000' }
  caller = await startCaller({ ...walletEnvironment, ...many })
  wallets = openWallets(caller.stack, caller.partner.id)
}, 60_000)

afterAll(async () => {
  await wallets.close()
  expect(verifyLedger(caller.stack)).toMatchObject({ ok: true, openHolds: 0 })
  await caller.stack.close()
})

const scripts = 'Größe, 重要な情報, سلام, नमस्ते, สวัสดี, 𓀀𓂀, 👩‍👩‍👧, \u0007\\"0123456789 — '
const elsewhere = 'https://example.com/a'

const contents: readonly (readonly [label: string, contents: readonly Content[]])[] = [
  ['a short text', []],
  ['a long text', [{ kind: 'text', text: 'The quick brown fox jumps over the lazy dog. '.repeat(1000) }]],
  ['a text of many scripts', [{ kind: 'text', text: scripts.repeat(200) }]],
  ['a small picture', [{ kind: 'picture', data: smallPicture }]],
  ['large pictures', Array.from({ length: 4 }, () => ({ kind: 'picture', data: largePicture }))],
  ['a picture by its URL', [{ kind: 'picture_url', url: elsewhere }]],
  ['a PDF', [{ kind: 'pdf', data: pdfOf(9) }]],
  ['a PDF that nobody can read', [{ kind: 'pdf', data: Buffer.from('%PDF-1.7 and no more').toString('base64') }]],
  ['a document by its URL', [{ kind: 'pdf_url', url: elsewhere }]],
  ['tools', [{ kind: 'tools', isForced: false }]],
  ['tools, one of which has to be called', [{ kind: 'tools', isForced: true }]],
  ['searches', [{ kind: 'search', uses: 2 }]],
  ['searches of an open number', [{ kind: 'search' }]],
  ['what is kept for five minutes', [{ kind: 'text', text: 'Keep this. '.repeat(800), cache: '5m' }]],
  ['what is kept for an hour', [{ kind: 'text', text: 'Keep this. '.repeat(800), cache: '1h' }]],
]

const families: readonly (readonly [format: Format, model: string])[] = [
  ['messages', 'claude-haiku-4-5'],
  ['messages', 'claude-opus-5'],
  ['messages', 'gpt-4o'],
  ['chat', 'gpt-4o-mini'],
  ['chat', 'gpt-5'],
  ['chat', 'gemini-2.5-pro'],
  ['chat', 'gemini-3.5-flash'],
  ['chat', 'grok-4'],
  ['chat', 'claude-sonnet-4-5'],
  ['responses', 'gpt-5-mini'],
  ['responses', 'gpt-5.4'],
  ['responses', 'claude-haiku-4-5'],
]

/** What the format or the model has no words for. */
const unserved: readonly (readonly [content: string, family: RegExp])[] = [
  ['searches', /^(chat|messages gpt)/],
  ['searches of an open number', /^(chat|messages gpt)/],
  ['a document by its URL', /^chat|^messages gpt/],
  // Only Anthropic's models keep what is marked; others take the mark for what it is not.
  ['what is kept', /^(chat|responses) (?!claude)/],
  ['a PDF that nobody can read', /^never/],
]

const limit = 1500

interface Answer {
  readonly status: number
  readonly code: unknown
  readonly record: Record<string, unknown> | null
}

async function ask(key: string, format: Format, body: object): Promise<Answer> {
  const { status, headers, body: answer } = await call(caller.stack, 'POST', pathOf[format], { key, body })
  const error = (answer.error ?? {}) as { type?: unknown }
  if (status !== 200) return { status, code: error.type, record: null }
  return { status, code: null, record: await caller.record(headers.get('request-id'), key) }
}

interface PoorKeys {
  readonly wallet: string
  readonly limited: string
  /** A user has only so many keys. */
  revoke(): Promise<unknown>
}

async function poorKeys(): Promise<PoorKeys> {
  const body = { name: 'limited', budget: 3, window: 'total' }
  const limited = await makeKey(caller.stack, caller.key, body)
  return {
    wallet: await wallets.create(3),
    limited: limited.key,
    revoke: () => call(caller.stack, 'DELETE', `/v1/keys/${limited.id}`, { key: limited.key }),
  }
}

describe.each(families)('%s of %s', (format, model) => {
  const served = contents.filter(
    ([label]) => !unserved.some(([content, family]) => label.startsWith(content) && family.test(`${format} ${model}`)),
  )

  it.each(served)('%s', async (label, content) => {
    const poor = await poorKeys()
    for (const key of [caller.key, poor.wallet, poor.limited]) {
      for (const isStream of [false, true]) {
        const directive = `worst speed=1000000`
        const answer = await ask(key, format, bodyOf(format, { model, contents: content, directive, limit, isStream }))
        const where = `${label}, ${isStream ? 'stream' : 'whole'}, ${key === caller.key ? 'ample' : 'tiny'}: ${JSON.stringify(answer)}`
        if (key === caller.key) expect(answer.status, where).toBe(200)
        else if (answer.status !== 200) {
          expect(answer.status, where).toBe(402)
          expect(['insufficient_credits', 'key_budget_exceeded'], where).toContain(answer.code)
          continue
        }
        expect(answer.record, where).toMatchObject({
          estimated: false,
          above_hold: 0,
          paid_by_operator: 0,
          above_budget: 0,
        })
        // Of what was paid, and of nothing else.
        const { provider_cost: cost, referral_share: share } = answer.record as Record<string, number>
        expect(Number(share), where).toBeCloseTo(Number(cost) / 10, 5)
      }
    }
    const { balance, held } = await balanceOf(caller.stack, poor.wallet)
    expect(balance).toBeGreaterThanOrEqual(0)
    expect(held).toBe(0)
    await poor.revoke()
  })
})

it.each([
  ['texts of many scripts', Array.from({ length: 20 }, () => scripts.repeat(20))],
  ['tokens', [Array.from({ length: 3000 }, (_, index) => index % 9)]],
])('embeddings of %s', async (_label, input) => {
  const key = await wallets.create(1)
  for (const payer of [caller.key, key]) {
    const body = { model: 'text-embedding-3-large', input }
    const { status, headers } = await call(caller.stack, 'POST', '/v1/embeddings', { key: payer, body })
    expect(status).toBe(200)
    expect(await caller.record(headers.get('request-id'), payer)).toMatchObject({ above_hold: 0, paid_by_operator: 0 })
  }
})
