import { afterAll, beforeAll, expect, it } from 'vitest'
import type { AnotherServer } from '../stack.ts'
import { balanceOf, direct, until, verifyLedger } from './api-client.ts'
import { type Caller, startCaller } from './caller.ts'
import { bodyOf, type Content, type Format, largePicture, pathOf, pdfOf } from './ceiling-bodies.ts'
import { openWallets, type Wallets, walletEnvironment } from './wallets.ts'

/** The table of `ceilings.test.ts` all at once, from one wallet, at two servers. */
let caller: Caller
let other: AnotherServer
let wallets: Wallets

beforeAll(async () => {
  caller = await startCaller({ ...walletEnvironment, KEY_CALLS_AT_ONCE: '1000' })
  other = await caller.stack.startAnother()
  wallets = openWallets(caller.stack, caller.partner.id)
}, 60_000)

afterAll(async () => {
  await wallets.close()
  expect(verifyLedger(caller.stack)).toMatchObject({ ok: true, openHolds: 0 })
  await caller.stack.close()
})

const contents: readonly (readonly Content[])[] = [
  [],
  [{ kind: 'text', text: 'The quick brown fox jumps over the lazy dog. '.repeat(300) }],
  [{ kind: 'picture', data: largePicture }],
  [{ kind: 'pdf', data: pdfOf(3) }],
  [{ kind: 'picture_url', url: 'https://example.com/a' }],
  [{ kind: 'tools', isForced: false }],
]
const families: readonly (readonly [Format, string])[] = [
  ['messages', 'claude-haiku-4-5'],
  ['messages', 'claude-sonnet-4-5'],
  ['chat', 'gpt-4o'],
  ['chat', 'gemini-2.5-pro'],
  ['chat', 'grok-4'],
  ['responses', 'gpt-5-mini'],
  ['responses', 'claude-haiku-4-5'],
]
const callsAtOnce = 200

it.each([
  ['that bears some of them', 60],
  ['that bears many of them', 600],
])(
  '200 calls at once, each the worst that it may be, on a balance %s',
  async (_label, credits) => {
    const key = await wallets.create(credits)
    const answers = await Promise.all(Array.from({ length: callsAtOnce }, (_, index) => ask(key, index)))
    const served = answers.filter(({ status }) => status === 200)
    expect(answers.map(({ status }) => status).filter((status) => status !== 200 && status !== 402)).toEqual([])
    expect(served.length).toBeGreaterThan(10)
    await until(async () => (await balanceOf(caller.stack, key)).held === 0)
    const records = await Promise.all(served.map(({ id }) => caller.record(id, key)))
    for (const record of records)
      expect(record, JSON.stringify(record)).toMatchObject({ above_hold: 0, paid_by_operator: 0, estimated: false })
    const sum = (name: string) => records.reduce((all, record) => all + Math.round(Number(record[name]) * 1e6), 0)
    const { balance } = await balanceOf(caller.stack, key)
    expect(balance).toBeGreaterThanOrEqual(0)
    expect(Math.round((credits - balance) * 1e6)).toBe(sum('charge'))
    // The partner has its tenth of what was paid, less a microcredit of each call at most.
    expect(sum('provider_cost') / 10 - sum('referral_share')).toBeLessThanOrEqual(records.length)
  },
  120_000,
)

async function ask(key: string, index: number) {
  const [format, model] = families[index % families.length] ?? ['chat', 'gpt-4o']
  const isStream = index % 3 === 0
  const body = bodyOf(format, {
    ...{ model, isStream, limit: 1200, directive: 'worst speed=1000000 first-byte-delay=300' },
    contents: contents[Math.floor(index / families.length) % contents.length] ?? [],
  })
  const url = index % 2 === 0 ? direct(caller.stack) : other.url
  const response = await fetch(`${url}${pathOf[format]}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-user-key': key },
    body: JSON.stringify(body),
  })
  await response.text()
  return { status: response.status, id: response.headers.get('request-id') }
}
