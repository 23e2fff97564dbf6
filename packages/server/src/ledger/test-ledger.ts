import { expect } from 'vitest'
import { microcredits } from '../kernel/microcredits.ts'
import type { Database } from '../store/open-database.ts'
import { runStep, type Step } from '../store/step.ts'
import { transact } from '../store/transact.ts'
import { readBalances, readWallet } from './balance.ts'
import { type AccountId, partnerAccount, walletAccount } from './chart-of-accounts.ts'
import { type ExtendOutcome, type Extension, extendHolds } from './extend-holds.ts'
import { type HoldPlan, type HoldRequest, markSent, type PlaceOutcome, placeHolds } from './hold.ts'
import { moveWallet } from './move-wallet.ts'
import { postTransfers } from './post-transfers.ts'
import { type Resolution, type ResolveOutcome, resolveHolds } from './settle-hold.ts'
import { type PartOutcome, type PartResolution, settleParts } from './settle-parts.ts'
import { holderOfParts, splitHolds } from './split-hold.ts'
import type { TransferCode } from './transfer.ts'
import { verifyLedger } from './verify.ts'

/** The people that the ledger's tests speak of: users U1–U3 with keys K1–K3, partner P1; key K3 has a budget of 100. */
export async function seedPeople(db: Database): Promise<void> {
  await db
    .insertInto('partners')
    .values({
      id: 'P1',
      name: 'P1',
      email: 'p@x',
      publishable_key: 'pk',
      share_basis_points: 1000,
      created_at_ms: 0,
      updated_at_ms: 0,
    })
    .execute()
  for (const number of [1, 2, 3]) {
    await db
      .insertInto('users')
      .values({ id: `U${number}`, email: null, merged_into_user_id: null, created_at_ms: 0 })
      .execute()
    await db
      .insertInto('keys')
      .values({
        id: `K${number}`,
        kind: 'user',
        secret_hash: `hash${number}`,
        last_four: '0000',
        user_id: `U${number}`,
        partner_id: 'P1',
        name: null,
        source: 'checkout',
        budget_microcredits: number === 3 ? 100 : null,
        budget_window: number === 3 ? 'total' : null,
        requests_per_minute: null,
        models: null,
        created_at_ms: 0,
        expires_at_ms: null,
        revoked_at_ms: null,
      })
      .execute()
  }
}

/**
 * Runs a test that is written as a table and reads like a bank statement. Rows:
 * `transfer ID FROM TO AMOUNT CODE → outcome` · `hold ID USER AMOUNT → outcome` · `extend ID AMOUNT → outcome` · `sent ID` ·
 * `settle ID COST SHARE FEE → settled CHARGE SHORTFALL [missed N] [over-budget N]` · `estimate …` the same, counted here ·
 * `release ID → outcome` · `batch ID USER PARTS… → outcome` · `part ID POSITION COST SHARE FEE → …` as `settle` ·
 * `estimate-part …` · `release-part ID POSITION → outcome` · `move FROM TO` · `wallet USER POSTED HELD` ·
 * `balance ACCOUNT AMOUNT`. The books are verified after every row.
 */
export async function runLedgerTable(db: Database, table: string): Promise<void> {
  for (const line of table.split('\n').map((text) => text.trim())) {
    if (line === '') continue
    const [statement = '', expected] = line.split('→').map((part) => part.trim())
    const [verb = '', ...words] = statement.split(/\s+/)
    const actual = await runRow(db, verb, words)
    if (expected !== undefined) expect(`${statement} → ${actual}`).toBe(`${statement} → ${expected}`)
    expect((await verifyLedger(db)).differences, `after: ${line}`).toEqual([])
  }
}

async function runRow(db: Database, verb: string, words: readonly string[]): Promise<string> {
  const [first = '', second = '', third = '', fourth = '', fifth = ''] = words
  switch (verb) {
    case 'transfer':
      return outcomeOf(
        await transact(db, (transaction) =>
          postTransfers(
            transaction,
            [
              {
                id: first,
                debitAccount: second as AccountId,
                creditAccount: third as AccountId,
                amountMicrocredits: microcredits(Number(fourth)),
                code: fifth as TransferCode,
                causeId: first,
              },
            ],
            0,
          ),
        ),
      )
    case 'hold':
      return outcomeOf(await hold(db, first, second, Number(third)))
    case 'extend':
      return outcomeOf(await extend(db, first, Number(second)))
    case 'sent':
      await runStep(db, sending, first)
      return 'sent'
    case 'settle':
    case 'estimate': {
      const due = [Number(second), Number(third), Number(fourth)] as const
      return outcomeOf(await settle(db, first, due, verb === 'estimate'))
    }
    case 'release':
      return outcomeOf(await release(db, first))
    case 'batch':
      return outcomeOf(await holdInParts(db, first, second, words.slice(2).map(Number)))
    case 'part':
    case 'estimate-part': {
      const due = [Number(third), Number(fourth), Number(fifth)] as const
      return outcomeOf(await settlePart(db, first, Number(second), { due, isEstimated: verb !== 'part' }))
    }
    case 'release-part':
      return outcomeOf(await settlePart(db, first, Number(second), null))
    case 'move':
      await transact(db, (transaction) =>
        moveWallet(transaction, { fromUserId: first, toUserId: second, livemode: true }, 1),
      )
      return 'moved'
    case 'wallet': {
      const wallet = await readWallet(db, first)
      expect(`${first} ${wallet.postedMicrocredits} ${wallet.heldMicrocredits}`).toBe(`${first} ${second} ${third}`)
      return ''
    }
    case 'balance':
      expect(`${first} ${(await readBalances(db)).get(first) ?? 0n}`).toBe(`${first} ${second}`)
      return ''
    default:
      throw new Error(`unknown row: ${verb}`)
  }
}

const admission: Step<HoldRequest<HoldPlan>, PlaceOutcome<HoldPlan>> = { run: placeHolds }
const extension: Step<Extension, ExtendOutcome> = { run: extendHolds }
const resolution: Step<Resolution, ResolveOutcome> = { run: resolveHolds }
const sending: Step<string, undefined> = {
  async run(session, ids) {
    await markSent(session, ids)
    return ids.map(() => undefined)
  },
}

/** Asks for so much and no less. */
export function hold(
  db: Database,
  id: string,
  userId: string,
  amount: number,
  options: Partial<
    Pick<HoldRequest<HoldPlan>, 'serverId' | 'expiresAtMs' | 'budgetId' | 'budget' | 'guestBudgetId'>
  > = {},
) {
  return runStep(db, admission, { ...requestOf(id, userId, amount), ...options })
}

function requestOf(id: string, userId: string, amount: number): HoldRequest<HoldPlan> {
  const budgetId = userId.replace('U', 'K')
  const amountMicrocredits = microcredits(amount)
  return {
    id,
    userId,
    budgetId,
    guestBudgetId: null,
    budget: budgetId === 'K3' ? { amountMicrocredits: microcredits(100), windowStartMs: 0 } : null,
    serverId: 'S1',
    createdAtMs: 0,
    expiresAtMs: 1000,
    plan: (available) => (amount <= available ? { amountMicrocredits, state: 'placed' } : null),
  }
}

export function settle(
  db: Database,
  holdId: string,
  [cost, share, fee]: readonly [number, number, number],
  isEstimated = false,
) {
  return runStep(db, resolution, { holdId, settlement: settlementOf([cost, share, fee], isEstimated), nowMs: 1 })
}

function settlementOf([cost, share, fee]: readonly [number, number, number], isEstimated: boolean) {
  return {
    costMicrocredits: microcredits(cost),
    shareMicrocredits: microcredits(share),
    feeMicrocredits: microcredits(fee),
    partnerAccount: partnerAccount('P1'),
    livemode: true,
    budgetMicrocredits: microcredits(100),
    isEstimated,
  }
}

interface HoldInParts extends HoldRequest<HoldPlan> {
  readonly parts: readonly number[]
}

const splitting: Step<HoldInParts, PlaceOutcome<HoldPlan>> = {
  async run(session, asked) {
    const outcomes = await placeHolds(session, asked)
    const held = asked.filter((_, index) => outcomes[index]?.outcome === 'held')
    const partsOf = ({ id, parts }: HoldInParts) =>
      parts.map((amount, position) => ({ holdId: id, position, amountMicrocredits: microcredits(amount) }))
    await splitHolds(session, held.flatMap(partsOf))
    return outcomes
  },
}

/** Asks for the sum of the parts and no less. */
export function holdInParts(db: Database, id: string, userId: string, parts: readonly number[]) {
  const request = requestOf(
    id,
    userId,
    parts.reduce((sum, part) => sum + part, 0),
  )
  return runStep(db, splitting, { ...request, serverId: holderOfParts, parts })
}

const partResolution: Step<PartResolution, PartOutcome> = { run: settleParts }

/** The part's call is named after it: `B1.0`. */
export function settlePart(
  db: Database,
  holdId: string,
  position: number,
  how: { readonly due: readonly [number, number, number]; readonly isEstimated: boolean } | null,
) {
  const settlement = how === null ? null : settlementOf(how.due, how.isEstimated)
  return runStep(db, partResolution, { holdId, position, requestId: `${holdId}.${position}`, settlement, nowMs: 1 })
}

export function extend(db: Database, holdId: string, by: number, budget = 100) {
  const byMicrocredits = microcredits(by)
  return runStep(db, extension, { holdId, byMicrocredits, budgetMicrocredits: microcredits(budget), expiresAtMs: 2000 })
}

export function release(db: Database, holdId: string) {
  return runStep(db, resolution, { holdId, settlement: null, nowMs: 1 })
}

export async function fund(db: Database, userId: string, amount: number, id = `grant:${userId}`): Promise<void> {
  await transact(db, (transaction) =>
    postTransfers(
      transaction,
      [
        {
          id,
          debitAccount: 'operator:purchases',
          creditAccount: walletAccount(userId),
          amountMicrocredits: microcredits(amount),
          code: 'purchase',
          causeId: id,
        },
      ],
      0,
    ),
  )
}

function outcomeOf(result: { readonly outcome: string }): string {
  const details = ['refusal', 'availableMicrocredits', 'chargedMicrocredits', 'shortfallMicrocredits']
  return [result.outcome, ...details.flatMap((name) => detailOf(result, name) ?? []), ...missOf(result)].join(' ')
}

/** The parts of a settlement above its hold: by how much, and how much of the charge went past the budget. */
function missOf(result: { readonly outcome: string }): readonly string[] {
  const told = (word: string, name: string) => {
    const value = detailOf(result, name) ?? '0'
    return value === '0' ? [] : [`${word} ${value}`]
  }
  return [...told('missed', 'missedMicrocredits'), ...told('over-budget', 'overBudgetMicrocredits')]
}

function detailOf(result: object, name: string): string | undefined {
  const value: unknown = Reflect.get(result, name)
  return value === undefined ? undefined : String(value)
}
