import { sql } from 'kysely'
import { assert } from '../kernel/assert.ts'
import type { Microcredits } from '../kernel/microcredits.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { statement } from '../store/statement.ts'
import { readBudgetLeft, readWallet } from './balance.ts'

export interface KeyBudget {
  readonly amountMicrocredits: Microcredits
  /** See `budget-window.ts`. */
  readonly windowStartMs: number
}

export interface HoldRequest {
  /** The request's id; a hold is placed once. */
  readonly id: string
  readonly userId: string
  readonly keyId: string
  readonly budget: KeyBudget | null
  readonly amountMicrocredits: Microcredits
  /** The process that answers the request, so that another can tell when it is dead. */
  readonly serverId: string
  readonly expiresAtMs: number
}

export type HoldRefusal =
  | { readonly outcome: 'insufficient_credits'; readonly availableMicrocredits: Microcredits }
  | { readonly outcome: 'key_budget_exceeded'; readonly availableMicrocredits: Microcredits }

export type PlaceOutcome = { readonly outcome: 'held' } | HoldRefusal

/**
 * Sets credits aside before a call is sent. I4: check and hold are one guarded statement, for the wallet and for the
 * key's budget alike, so that no number of callers at once can hold more than there is.
 */
export async function placeHold(
  transaction: DatabaseTransaction,
  hold: HoldRequest,
  nowMs: number,
): Promise<PlaceOutcome> {
  assert(hold.amountMicrocredits >= 0, 'a hold is never negative')
  const refusal = await holdInWalletAndBudget(transaction, hold, hold.amountMicrocredits)
  if (refusal !== null) return refusal
  await insertHold.run(
    transaction,
    hold.id,
    hold.userId,
    hold.keyId,
    hold.budget?.windowStartMs ?? null,
    hold.amountMicrocredits,
    hold.serverId,
    nowMs,
    hold.expiresAtMs,
  )
  return { outcome: 'held' }
}

const insertHold = statement(
  `insert into holds (id, user_id, key_id, window_start_ms, amount_microcredits, state, server_id, created_at_ms, expires_at_ms)
   values (?, ?, ?, ?, ?, 'placed', ?, ?, ?)`,
)

/** From here on the provider may have worked: a crash no longer refunds the hold but settles it by the recovery rule. */
export async function markSent(transaction: DatabaseTransaction, holdId: string): Promise<void> {
  const { changed } = await sendHold.run(transaction, holdId)
  assert(changed === 1, `hold ${holdId} is not there to be sent`)
}

const sendHold = statement(`update holds set state = 'sent' where id = ? and state = 'placed'`)

/** Makes an open hold larger by the same guarded statements; a refusal leaves it as it was. */
export async function extendHold(
  transaction: DatabaseTransaction,
  extension: {
    readonly holdId: string
    readonly byMicrocredits: Microcredits
    readonly budgetMicrocredits: Microcredits | null
    readonly expiresAtMs: number
  },
): Promise<{ readonly outcome: 'extended' } | { readonly outcome: 'resolved' } | HoldRefusal> {
  const hold = await findOpenHold(transaction, extension.holdId)
  if (hold === null) return { outcome: 'resolved' }
  const budget =
    hold.window_start_ms === null || extension.budgetMicrocredits === null
      ? null
      : { amountMicrocredits: extension.budgetMicrocredits, windowStartMs: hold.window_start_ms }
  const refusal = await holdInWalletAndBudget(
    transaction,
    { userId: hold.user_id, keyId: hold.key_id, budget },
    extension.byMicrocredits,
  )
  if (refusal !== null) return refusal
  await transaction
    .updateTable('holds')
    .set({
      amount_microcredits: sql`amount_microcredits + ${extension.byMicrocredits}`,
      expires_at_ms: extension.expiresAtMs,
    })
    .where('id', '=', extension.holdId)
    .execute()
  return { outcome: 'extended' }
}

/** Gives a hold back whole. Nothing happens to one that is resolved already. */
export async function releaseHold(
  transaction: DatabaseTransaction,
  holdId: string,
  nowMs: number,
): Promise<'released' | 'already_resolved'> {
  const hold = await claimHold(transaction, holdId, 'released', nowMs)
  if (hold === null) return 'already_resolved'
  await unhold(transaction, hold)
  return 'released'
}

/** I3: the one statement by which a hold leaves its open states, so that only one caller ever resolves it. */
export async function claimHold(
  transaction: DatabaseTransaction,
  holdId: string,
  state: 'settled' | 'released',
  nowMs: number,
): Promise<Row<'holds'> | null> {
  const { rows } = await claimOpenHold.run(transaction, state, nowMs, holdId)
  return rows[0] ?? null
}

const claimOpenHold = statement<Row<'holds'>>(
  `update holds set state = ?, resolved_at_ms = ? where id = ? and state in ('placed', 'sent') returning *`,
)

const unholdInWallet = statement(`update wallets set held_microcredits = held_microcredits - ? where user_id = ?`)

/** Takes a resolved hold's amount off the wallet's and the window's held sums. */
export async function unhold(transaction: DatabaseTransaction, hold: Row<'holds'>): Promise<void> {
  const { changed } = await unholdInWallet.run(transaction, hold.amount_microcredits, hold.user_id)
  assert(changed === 1 || hold.amount_microcredits === 0, `hold ${hold.id} has no wallet`)
  if (hold.window_start_ms === null) return
  await transaction
    .updateTable('key_windows')
    .set({ held_microcredits: sql`held_microcredits - ${hold.amount_microcredits}` })
    .where('key_id', '=', hold.key_id)
    .where('window_start_ms', '=', hold.window_start_ms)
    .execute()
}

async function findOpenHold(transaction: DatabaseTransaction, holdId: string): Promise<Row<'holds'> | null> {
  const hold = await transaction
    .selectFrom('holds')
    .selectAll()
    .where('id', '=', holdId)
    .where('state', 'in', ['placed', 'sent'])
    .executeTakeFirst()
  return hold ?? null
}

interface HoldOwner {
  readonly userId: string
  readonly keyId: string
  readonly budget: KeyBudget | null
}

/** Both guards or neither. @returns null when both let it pass. */
async function holdInWalletAndBudget(
  transaction: DatabaseTransaction,
  owner: HoldOwner,
  amount: Microcredits,
): Promise<HoldRefusal | null> {
  if (!(await holdInWallet(transaction, owner.userId, amount))) {
    return {
      outcome: 'insufficient_credits',
      availableMicrocredits: (await readWallet(transaction, owner.userId)).availableMicrocredits,
    }
  }
  if (owner.budget === null || (await holdInBudget(transaction, owner.keyId, owner.budget, amount))) return null
  await transaction
    .updateTable('wallets')
    .set({ held_microcredits: sql`held_microcredits - ${amount}` })
    .where('user_id', '=', owner.userId)
    .execute()
  return {
    outcome: 'key_budget_exceeded',
    availableMicrocredits: await readBudgetLeft(transaction, owner.keyId, owner.budget),
  }
}

async function holdInWallet(transaction: DatabaseTransaction, userId: string, amount: Microcredits): Promise<boolean> {
  // Nothing can be held of a wallet that is not there yet, except nothing: a call that is free.
  if (amount === 0) await ensureWallet(transaction, userId)
  const { changed } = await guardedHold.run(transaction, amount, userId, amount)
  return changed === 1
}

/** I4: check and hold in one statement. */
const guardedHold = statement(
  `update wallets set held_microcredits = held_microcredits + ?
   where user_id = ? and posted_microcredits - held_microcredits >= ?`,
)

async function ensureWallet(transaction: DatabaseTransaction, userId: string): Promise<void> {
  await transaction
    .insertInto('wallets')
    .values({ user_id: userId, posted_microcredits: 0, held_microcredits: 0 })
    .onConflict((conflict) => conflict.column('user_id').doNothing())
    .execute()
}

async function holdInBudget(
  transaction: DatabaseTransaction,
  keyId: string,
  budget: KeyBudget,
  amount: Microcredits,
): Promise<boolean> {
  // The row comes first, so that the first use of a window is guarded like every other.
  await transaction
    .insertInto('key_windows')
    .values({ key_id: keyId, window_start_ms: budget.windowStartMs, spent_microcredits: 0, held_microcredits: 0 })
    .onConflict((conflict) => conflict.columns(['key_id', 'window_start_ms']).doNothing())
    .execute()
  const { numUpdatedRows } = await transaction
    .updateTable('key_windows')
    .set({ held_microcredits: sql`held_microcredits + ${amount}` })
    .where('key_id', '=', keyId)
    .where('window_start_ms', '=', budget.windowStartMs)
    .where(sql<boolean>`spent_microcredits + held_microcredits + ${amount} <= ${budget.amountMicrocredits}`)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}
