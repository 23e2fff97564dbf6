import { dayMs, minuteMs } from '../../packages/server/src/kernel/clock.ts'
import { microcredits } from '../../packages/server/src/kernel/microcredits.ts'
import { operatorAccount, partnerAccount, walletAccount } from '../../packages/server/src/ledger/chart-of-accounts.ts'
import {
  type HoldPlan,
  type HoldRequest,
  type PlaceOutcome,
  placeHolds,
} from '../../packages/server/src/ledger/hold.ts'
import { postTransfers } from '../../packages/server/src/ledger/post-transfers.ts'
import { type Resolution, type ResolveOutcome, resolveHolds } from '../../packages/server/src/ledger/settle-hold.ts'
import { runStep, type Step } from '../../packages/server/src/store/step.ts'
import { transact } from '../../packages/server/src/store/transact.ts'
import { createGuest, findOrCreateAccount } from '../../packages/server/src/users/find-user.ts'
import { requestRow } from '../test-store.ts'
import type { AccountWorld } from './account-world.ts'

/** Users of two apps, the first of whom use both, and one who is a guest of the first app. */
export interface Crowd {
  readonly userIds: readonly string[]
  readonly guestId: string
  readonly keyIds: ReadonlyMap<string, string>
}

export async function addCrowd(world: AccountWorld, partnerIds: readonly string[], livemode = true): Promise<Crowd> {
  const userIds: string[] = []
  for (let index = 0; index < 5; index += 1)
    userIds.push(
      await transact(world.db, (transaction) =>
        findOrCreateAccount(transaction, { email: `crowd${index}@example.com`, livemode }, 0),
      ),
    )
  const guestId = await transact(world.db, (transaction) => createGuest(transaction, livemode, Date.now()))
  const keyIds = new Map<string, string>()
  for (const userId of [...userIds, guestId]) {
    await give(world, userId, livemode)
    for (const partnerId of userId === guestId ? partnerIds.slice(0, 1) : partnerIds) {
      const { keyId } = await world.issueKey({ userId, partnerId, source: 'login', livemode })
      keyIds.set(`${userId} ${partnerId}`, keyId)
    }
  }
  return { userIds, guestId, keyIds }
}

/** More than all calls cost, from the operator's account of the user's world. */
async function give({ db }: AccountWorld, userId: string, livemode: boolean): Promise<void> {
  const id = `grant:${userId}`
  const transfer = {
    ...{ id, causeId: id, code: 'grant' as const, debitAccount: operatorAccount('operator:grants', livemode) },
    ...{ creditAccount: walletAccount(userId), amountMicrocredits: microcredits(1_000_000_000_000) },
  } as const
  await transact(db, (transaction) => postTransfers(transaction, [transfer], Date.now()))
}

const admission: Step<HoldRequest<HoldPlan>, PlaceOutcome<HoldPlan>> = { run: placeHolds }
const resolution: Step<Resolution, ResolveOutcome> = { run: resolveHolds }
/** The last one is what a spreadsheet would run. */
const models = ['anthropic/claude-sonnet-4-5', 'openai/gpt-4o', '=HYPERLINK("http://x","y")']

/** Calls through the ledger in the days before a moment; their times and costs are drawn once and for all. */
export async function addCalls(
  world: AccountWorld,
  crowd: Crowd,
  drawn: {
    readonly calls: number
    readonly days: number
    readonly nowMs: number
    readonly partnerIds: readonly string[]
    readonly livemode?: boolean
  },
): Promise<void> {
  const size = 250
  for (let first = 0; first < drawn.calls; first += size) {
    const batch = Array.from({ length: size }, (_, index) => callOf(first + index, crowd, drawn))
    await Promise.all(batch.map(({ admit }) => runStep(world.db, admission, admit)))
    await Promise.all(batch.map(({ settle }) => runStep(world.db, resolution, settle)))
    await world.db
      .insertInto('requests')
      .values(batch.map(({ row }) => row))
      .execute()
  }
}

const rates = {
  ...{ inputPerMillion: 1, cacheReadPerMillion: 1, cacheWrite5mPerMillion: 1, cacheWrite1hPerMillion: 1 },
  ...{ outputPerMillion: 1, perThousandWebSearches: 1 },
}
const price = JSON.stringify({ rates, tiers: [] })

function callOf(
  number: number,
  { userIds, guestId, keyIds }: Crowd,
  drawn: {
    readonly days: number
    readonly nowMs: number
    readonly partnerIds: readonly string[]
    readonly livemode?: boolean
  },
) {
  const everybody = [...userIds, guestId]
  const userId = everybody[(number * 7) % everybody.length] ?? ''
  const partnerId =
    (userId === guestId ? drawn.partnerIds[0] : drawn.partnerIds[number % 3 === 0 ? drawn.partnerIds.length - 1 : 0]) ??
    ''
  const endedAtMs = drawn.nowMs - 1 - ((number * 7_919 * 61_987) % (drawn.days * dayMs))
  const cost = microcredits(1 + ((number * 104_729) % 5_000_003))
  const share = microcredits(Math.floor(cost / 10))
  const fee = microcredits(Math.floor(cost / 50))
  const total = microcredits(cost + share + fee)
  const { livemode = true } = drawn
  const id = `req_${livemode ? '' : 'test'}${String(number).padStart(6, '0')}`
  const keyId = keyIds.get(`${userId} ${partnerId}`) ?? ''
  return {
    admit: {
      ...{ id, userId, budgetId: keyId, guestBudgetId: null, budget: null, serverId: 'srv_1', createdAtMs: endedAtMs },
      // The server's own job resolves what is past its time.
      expiresAtMs: Date.now() + dayMs,
      plan: () => ({ amountMicrocredits: total, state: 'placed' }) as const,
    },
    settle: {
      holdId: id,
      nowMs: endedAtMs,
      settlement: {
        ...{ costMicrocredits: cost, shareMicrocredits: share, feeMicrocredits: fee },
        ...{ partnerAccount: partnerAccount(partnerId), livemode, budgetMicrocredits: null, isEstimated: false },
      },
    },
    row: {
      ...requestRow({ id, userId, model: models[number % 3] ?? '', atMs: endedAtMs }),
      ...{ key_id: keyId, partner_id: partnerId, created_at_ms: endedAtMs - (number % 90) * minuteMs },
      ...{ provider_cost_microcredits: cost, share_microcredits: share, fee_microcredits: fee },
      ...{ charge_microcredits: total, hold_microcredits: total, price },
    },
  }
}

/** The cells of a CSV, line by line, as a spreadsheet reads them. */
export function parseCsv(text: string): readonly Record<string, string>[] {
  if (!text.startsWith('\ufeff')) throw new Error('no byte order mark')
  const [head = [], ...rows] = text
    .slice(1)
    .split('\r\n')
    .filter((line) => line !== '')
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
        ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
      ),
    )
  return rows.map((row) => Object.fromEntries(head.map((name, index) => [name, row[index] ?? ''])))
}
