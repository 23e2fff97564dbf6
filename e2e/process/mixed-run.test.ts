import type { ProviderCall } from '@opencredits/sandbox'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { direct, until, verifyLedger } from './api-client.ts'
import { type Caller, startCaller } from './caller.ts'
import { trueCharge } from './true-charge.ts'

/**
 * Thousands of calls of every kind, with faults of the provider and of the network and clients that leave, against the
 * provider's own record: what is charged is what was served.
 */
const callsTotal = Number(process.env.MIXED_CALLS ?? 5000)
const atOnce = 24
let caller: Caller

beforeAll(async () => {
  caller = await startCaller({ KEY_REQUESTS_PER_MINUTE: '1000000', ADDRESS_REQUESTS_PER_MINUTE: '1000000' })
  await caller.stack.sandbox.providers.control.keepCalls(20_000)
})
afterAll(() => caller.stack.close())

/** The same mixture every time. */
function createDice(seed: number) {
  let state = seed
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  return {
    chance: (share: number) => next() < share,
    upTo: (most: number) => Math.floor(next() * most),
    pick: <T>(list: readonly T[]) => list[Math.floor(next() * list.length)] as T,
  }
}
type Dice = ReturnType<typeof createDice>

const paths = ['/v1/chat/completions', '/v1/responses', '/v1/messages'] as const
// Google answers without an id of its own, so its rows could not be found in the record.
const models = ['claude-sonnet-4', 'claude-haiku-4-5', 'gpt-4o', 'gpt-4.1-mini', 'grok-3', 'grok-4']
const faults = [
  'cut-after=7',
  'cut-mid-event=9',
  'error-event-after=5',
  'status=500',
  'status=429',
  'status=400',
  'no-usage',
  'usage-output=-5',
  'usage-input=1e12',
  'hang first-byte-delay=1',
]
const words = 'The partner earns a share of every call that its users make, and nobody is charged twice. '

/** @param delayMs between two tokens, so that a client leaves in the middle of them. */
function bodyOf(dice: Dice, path: (typeof paths)[number], delayMs: number): object {
  const fault = dice.chance(0.25) ? dice.pick(faults.slice(0, -1)) : ''
  // What a provider read from a cache, nobody can guess where it does not tell.
  const cache = fault === '' && delayMs < 15 && dice.chance(0.1) ? `cache-read=${dice.upTo(500)}` : ''
  const question = `${words.repeat(25 + dice.upTo(20))}[[sandbox: tokens=${5 + dice.upTo(150)} delay=${delayMs} ${fault} ${cache}]]`
  return {
    model: dice.pick(models),
    stream: dice.chance(0.6),
    ...(path === '/v1/responses' ? { input: question } : { messages: [{ role: 'user', content: question }] }),
    ...(path === '/v1/messages' ? { max_tokens: 1000 } : {}),
  }
}

/** Sends one call, and leaves it now and then: before an answer, or in the middle of one. */
async function send(dice: Dice): Promise<void> {
  const path = dice.pick(paths)
  const isLeaver = dice.chance(0.15)
  const body = JSON.stringify(bodyOf(dice, path, isLeaver ? 15 : dice.upTo(2)))
  const leaving = new AbortController()
  const leavesAfterReads = dice.upTo(4)
  if (isLeaver && leavesAfterReads === 0) setTimeout(() => leaving.abort(), dice.upTo(30))
  try {
    const response = await fetch(`${direct(caller.stack)}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-user-key': caller.key },
      body,
      signal: leaving.signal,
    })
    let reads = 0
    for await (const _part of response.body ?? []) {
      reads += 1
      if (isLeaver && reads === leavesAfterReads) leaving.abort()
    }
  } catch {
    // It left, or was left.
  }
}

interface RequestRow {
  readonly id: string
  readonly state: string
  readonly upstream_request_id: string | null
  readonly model: string
  readonly is_estimated: number
  readonly hold_microcredits: number
  readonly charge_microcredits: number
}

/** The provider's own id of a call; some write it with a prefix. */
function callIdOf(row: RequestRow): string {
  return String(row.upstream_request_id).replace(/^req_/, '')
}

function readRows(): readonly RequestRow[] {
  const file = String(caller.stack.environment.DATABASE_URL).replace(/^sqlite:/, '')
  const db = new Sqlite(file, { readonly: true })
  try {
    return db
      .prepare(
        'select id, state, upstream_request_id, model, is_estimated, hold_microcredits, charge_microcredits from requests',
      )
      .all() as RequestRow[]
  } finally {
    db.close()
  }
}

/** What a provider generates until it has noticed that it was stopped, nobody can count. */
const unnoticedTokensMax = 20

/**
 * By the provider's counts exactly; by our own within a twentieth; by the time of a model that thinks unseen not too
 * little, and never more than was held.
 */
function isRight(row: RequestRow, call: ProviderCall | undefined): boolean {
  if (call === undefined) return false
  const { charge_microcredits: charge } = row
  const truth = trueCharge(call)
  if (row.is_estimated === 0) return charge === truth
  if (row.model === 'xai/grok-4-0709') return charge >= truth * 0.95 && charge <= row.hold_microcredits
  const noticed = call.isAborted ? Math.max(0, call.outputTokens - unnoticedTokensMax) : call.outputTokens
  return charge >= trueCharge({ ...call, outputTokens: noticed }) * 0.95 && charge <= truth * 1.05
}

it(`charges ${callsTotal} mixed calls as they were served`, async () => {
  const dice = createDice(20_261_121)
  let started = 0
  const work = async () => {
    while (started < callsTotal) {
      started += 1
      await send(dice)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  await until(async () => readRows().every(({ state }) => state !== 'admitted'), 60_000)

  const calls = new Map<string, ProviderCall>((await caller.calls()).map((call) => [call.id, call]))
  const rows = readRows()
  expect(rows.length).toBeGreaterThan(callsTotal * 0.9)
  const billed = rows.filter(({ state }) => state === 'settled')
  const wrong = billed.flatMap((row) => {
    const call = calls.get(callIdOf(row))
    const truth = call === undefined ? Number.NaN : trueCharge(call)
    return isRight(row, call) ? [] : [{ row, truth, asked: JSON.stringify(call?.body).match(/\[\[sandbox[^\]]*/)?.[0] }]
  })
  expect(wrong.slice(0, 5)).toEqual([])
  expect(billed.filter(({ is_estimated: isEstimated }) => isEstimated === 1).length).toBeGreaterThan(callsTotal / 50)
  // Each call that the provider served has its one row. A whole answer that was cut on its way is not billed.
  const served = [...calls.values()].filter(
    ({ status, outputTokens, isStream, isCut }) => status < 400 && outputTokens > 0 && (isStream || !isCut),
  )
  const billedIds = new Set(billed.map(callIdOf))
  const unbilled = served.filter(({ id }) => !billedIds.has(id))
  expect(unbilled.slice(0, 5).map((call) => ({ call, row: rows.find((row) => callIdOf(row) === call.id) }))).toEqual([])
  expect(billedIds.size).toBe(billed.length)
  expect(verifyLedger(caller.stack)).toMatchObject({ ok: true, openHolds: 0 })
}, 300_000)
