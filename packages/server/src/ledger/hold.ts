import { assert } from '../kernel/assert.ts'
import type { Microcredits } from '../kernel/microcredits.ts'
import type { Row } from '../store/schema.ts'
import { type StatementTarget, statement } from '../store/statement.ts'
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
  /** `placed`: something has still to be done before the call goes out, see `markSent`. `sent`: it goes out at once. */
  readonly state: 'placed' | 'sent'
}

export type HoldRefusal =
  | { readonly outcome: 'insufficient_credits'; readonly availableMicrocredits: Microcredits }
  | { readonly outcome: 'key_budget_exceeded'; readonly availableMicrocredits: Microcredits }

export type PlaceOutcome = { readonly outcome: 'held' } | HoldRefusal

/**
 * Sets credits aside before a call is sent. I4: check and hold are one guarded statement, for the wallet and for the
 * key's budget alike, so that no number of callers at once can hold more than there is.
 */
export async function placeHold(target: StatementTarget, hold: HoldRequest, nowMs: number): Promise<PlaceOutcome> {
  assert(hold.amountMicrocredits >= 0, 'a hold is never negative')
  const refusal = await holdInWalletAndBudget(target, hold, hold.amountMicrocredits)
  if (refusal !== null) return refusal
  await insertHold.run(
    target,
    hold.id,
    hold.userId,
    hold.keyId,
    hold.budget?.windowStartMs ?? null,
    hold.amountMicrocredits,
    hold.state,
    hold.serverId,
    nowMs,
    hold.expiresAtMs,
  )
  return { outcome: 'held' }
}

const insertHold = statement(
  `insert into holds (id, user_id, key_id, window_start_ms, amount_microcredits, state, server_id, created_at_ms, expires_at_ms)
   values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
)

/** From here on the provider may have worked: a crash no longer refunds the hold but settles it by the recovery rule. */
export async function markSent(target: StatementTarget, holdId: string): Promise<void> {
  const { changed } = await sendHold.run(target, holdId)
  assert(changed === 1, `hold ${holdId} is not there to be sent`)
}

const sendHold = statement(`update holds set state = 'sent' where id = ? and state = 'placed'`)

/** Makes an open hold larger by the same guarded statements; a refusal leaves it as it was. */
export async function extendHold(
  target: StatementTarget,
  extension: {
    readonly holdId: string
    readonly byMicrocredits: Microcredits
    readonly budgetMicrocredits: Microcredits | null
    readonly expiresAtMs: number
  },
): Promise<{ readonly outcome: 'extended' } | { readonly outcome: 'resolved' } | HoldRefusal> {
  // The hold first: one that grows is not resolved meanwhile.
  const { rows } = await growHold.run(target, extension.byMicrocredits, extension.expiresAtMs, extension.holdId)
  const [hold] = rows
  if (hold === undefined) return { outcome: 'resolved' }
  const budget =
    hold.window_start_ms === null || extension.budgetMicrocredits === null
      ? null
      : { amountMicrocredits: extension.budgetMicrocredits, windowStartMs: hold.window_start_ms }
  const owner = { userId: hold.user_id, keyId: hold.key_id, budget }
  const refusal = await holdInWalletAndBudget(target, owner, extension.byMicrocredits)
  if (refusal === null) return { outcome: 'extended' }
  await growHold.run(target, -extension.byMicrocredits, extension.expiresAtMs, extension.holdId)
  return refusal
}

const growHold = statement<Row<'holds'>>(
  `update holds set amount_microcredits = amount_microcredits + ?, expires_at_ms = ?
   where id = ? and state in ('placed', 'sent') returning *`,
)

/** Gives a hold back whole. Nothing happens to one that is resolved already. */
export async function releaseHold(
  target: StatementTarget,
  holdId: string,
  nowMs: number,
): Promise<'released' | 'already_resolved'> {
  const hold = await claimHold(target, holdId, 'released', nowMs)
  if (hold === null) return 'already_resolved'
  await unhold(target, hold)
  return 'released'
}

/** I3: the one statement by which a hold leaves its open states, so that only one caller ever resolves it. */
export async function claimHold(
  target: StatementTarget,
  holdId: string,
  state: 'settled' | 'released',
  nowMs: number,
): Promise<Row<'holds'> | null> {
  const { rows } = await claimOpenHold.run(target, state, nowMs, holdId)
  return rows[0] ?? null
}

const claimOpenHold = statement<Row<'holds'>>(
  `update holds set state = ?, resolved_at_ms = ? where id = ? and state in ('placed', 'sent') returning *`,
)

/** Takes a resolved hold's amount off the wallet's and the window's held sums. */
export async function unhold(target: StatementTarget, hold: Row<'holds'>): Promise<void> {
  const { changed } = await moveHeld.run(target, -hold.amount_microcredits, hold.user_id)
  assert(changed === 1 || hold.amount_microcredits === 0, `hold ${hold.id} has no wallet`)
  if (hold.window_start_ms === null) return
  await unholdInWindow.run(target, hold.amount_microcredits, hold.key_id, hold.window_start_ms)
}

const moveHeld = statement('update wallets set held_microcredits = held_microcredits + ? where user_id = ?')
const unholdInWindow = statement(
  'update key_windows set held_microcredits = held_microcredits - ? where key_id = ? and window_start_ms = ?',
)

interface HoldOwner {
  readonly userId: string
  readonly keyId: string
  readonly budget: KeyBudget | null
}

/** Both guards or neither. @returns null when both let it pass. */
async function holdInWalletAndBudget(
  target: StatementTarget,
  owner: HoldOwner,
  amount: Microcredits,
): Promise<HoldRefusal | null> {
  if (!(await holdInWallet(target, owner.userId, amount))) {
    return {
      outcome: 'insufficient_credits',
      availableMicrocredits: (await readWallet(target, owner.userId)).availableMicrocredits,
    }
  }
  if (owner.budget === null || (await holdInBudget(target, owner.keyId, owner.budget, amount))) return null
  await moveHeld.run(target, -amount, owner.userId)
  return {
    outcome: 'key_budget_exceeded',
    availableMicrocredits: await readBudgetLeft(target, owner.keyId, owner.budget),
  }
}

async function holdInWallet(target: StatementTarget, userId: string, amount: Microcredits): Promise<boolean> {
  // Nothing can be held of a wallet that is not there yet, except nothing: a call that is free.
  if (amount === 0) await ensureWallet(target, userId)
  const { changed } = await guardedHold.run(target, amount, userId, amount)
  return changed === 1
}

/** I4: check and hold in one statement. */
const guardedHold = statement(
  `update wallets set held_microcredits = held_microcredits + ?
   where user_id = ? and posted_microcredits - held_microcredits >= ?`,
)

async function ensureWallet(target: StatementTarget, userId: string): Promise<void> {
  await insertWallet.run(target, userId)
}

const insertWallet = statement(
  `insert into wallets (user_id, posted_microcredits, held_microcredits) values (?, 0, 0)
   on conflict (user_id) do nothing`,
)

async function holdInBudget(
  target: StatementTarget,
  keyId: string,
  budget: KeyBudget,
  amount: Microcredits,
): Promise<boolean> {
  // The row comes first, so that the first use of a window is guarded like every other.
  await insertWindow.run(target, keyId, budget.windowStartMs)
  const { changed } = await guardedHoldInWindow.run(
    target,
    amount,
    keyId,
    budget.windowStartMs,
    amount,
    budget.amountMicrocredits,
  )
  return changed === 1
}

const insertWindow = statement(
  `insert into key_windows (key_id, window_start_ms, spent_microcredits, held_microcredits) values (?, ?, 0, 0)
   on conflict (key_id, window_start_ms) do nothing`,
)
const guardedHoldInWindow = statement(
  `update key_windows set held_microcredits = held_microcredits + ?
   where key_id = ? and window_start_ms = ? and spent_microcredits + held_microcredits + ? <= ?`,
)
