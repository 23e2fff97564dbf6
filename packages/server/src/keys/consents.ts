import { sql } from 'kysely'
import { AppError } from '../kernel/app-error.ts'
import { newId } from '../kernel/ids.ts'
import { creditsFromMicrocredits, type Microcredits, microcredits } from '../kernel/microcredits.ts'
import type { DatabaseReader, DatabaseTransaction } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { limitData } from '../webhook-events/event-data.ts'
import { recordEvent } from '../webhook-events/record-event.ts'
import { type ActingUser, recordOwnAct } from './acting-user.ts'
import { parseModels } from './authenticate-key.ts'
import { joinConsents } from './join-consents.ts'
import { type BudgetChanges, columnsOf } from './key-limits.ts'
import { lockUser } from './lock-user.ts'
import { endKeys } from './revoke-key.ts'

/** A consent says how much of a user's credits an app may spend. All keys that the app has of the user share it. */
export type Consent = Row<'consents'>

interface ConsentOwner {
  readonly userId: string
  readonly partnerId: string
}

/** The consent that holds now; null where the app is not connected, or no longer. */
export async function findConsent(db: DatabaseReader, of: ConsentOwner, nowMs: number): Promise<Consent | null> {
  const row = await findUnwithdrawn(db, of)
  return row === null || (row.expires_at_ms ?? nowMs + 1) <= nowMs ? null : row
}

/**
 * Connects an app, on behalf of the user who said so. One that is connected gets these limits. One whose time was over is
 * connected anew: what it spent before does not count.
 */
export async function giveConsent(
  transaction: DatabaseTransaction,
  consent: { readonly partnerId: string; readonly limits: Required<BudgetChanges>; readonly by: ActingUser },
  nowMs: number,
): Promise<Consent> {
  const { partnerId, limits, by } = consent
  const owner = { userId: by.userId, partnerId }
  const standing = await findUnwithdrawn(transaction, owner)
  if (standing !== null && (await findConsent(transaction, owner, nowMs)) !== null)
    return changeConsent(transaction, { partnerId, changes: limits, by }, nowMs)
  await lockUser(transaction, by.userId)
  await settleRaises(transaction, owner)
  if (standing !== null) await setWithdrawn(transaction, standing.id, nowMs)
  const times = { created_at_ms: nowMs, updated_at_ms: nowMs, withdrawn_at_ms: null }
  const nothing = { budget_microcredits: null, budget_window: null, models: null, expires_at_ms: null }
  const row = await transaction
    .insertInto('consents')
    .values({
      ...{ id: newId('con'), user_id: by.userId, partner_id: partnerId, ...times },
      ...{ ...nothing, ...columnsOf(limits, nothing) },
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
  // Another tab has said so at the same time.
  if (row === undefined) return changeConsent(transaction, { partnerId, changes: limits, by }, nowMs)
  await joinConsents(transaction, by.userId, nowMs)
  const act = { action: 'app.connected', target: { kind: 'app', id: partnerId }, after: limitsForLog(row) }
  await recordOwnAct(transaction, by, act, nowMs)
  const data = {
    limit: limitData(row.budget_microcredits, row.budget_window),
    models: parseModels(row.models)?.slice() ?? null,
    expires_at: row.expires_at_ms === null ? null : Math.floor(row.expires_at_ms / 1000),
  }
  await recordEvent(transaction, { type: 'user.connected', ...owner, cause: row.id, data }, nowMs)
  return row
}

/**
 * Changes what an app may spend, for all of its keys; it holds at every server within two seconds.
 * @throws AppError 404 for an app that is not connected.
 */
export async function changeConsent(
  transaction: DatabaseTransaction,
  change: { readonly partnerId: string; readonly changes: BudgetChanges; readonly by: ActingUser },
  nowMs: number,
): Promise<Consent> {
  const { partnerId, changes, by } = change
  const before = await requireUnwithdrawn(transaction, { userId: by.userId, partnerId })
  if (changes.budget !== undefined) await settleRaises(transaction, { userId: by.userId, partnerId })
  const after = await transaction
    .updateTable('consents')
    .set({ ...columnsOf(changes, before), updated_at_ms: nowMs })
    .where('id', '=', before.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  const act = { action: 'consent.changed', target: { kind: 'app', id: partnerId } }
  await recordOwnAct(transaction, by, { ...act, before: limitsForLog(before), after: limitsForLog(after) }, nowMs)
  return after
}

/**
 * Cuts an app off: ends its consent and every key that it has of the user, those that were named through it too. It holds
 * at every server within two seconds; calls that run end as they are.
 * @throws AppError 404 for an app that has no key and no consent of the user.
 * @returns how many keys ended.
 */
export async function withdrawConsent(
  transaction: DatabaseTransaction,
  withdrawal: { readonly partnerId: string; readonly by: ActingUser },
  nowMs: number,
): Promise<number> {
  const { partnerId, by } = withdrawal
  const owner = { userId: by.userId, partnerId }
  const standing = await findUnwithdrawn(transaction, owner)
  const ended = await endKeys(transaction, owner, nowMs)
  if (standing === null && ended === 0) throw notConnected()
  if (standing !== null) await setWithdrawn(transaction, standing.id, nowMs)
  const act = { action: 'app.disconnected', target: { kind: 'app', id: partnerId }, after: { keys_ended: ended } }
  await recordOwnAct(transaction, by, act, nowMs)
  // An app without a consent, such as one where a guest bought, is cut off by its keys.
  const cause = standing?.id ?? `${by.userId}:${nowMs}`
  await recordEvent(transaction, { type: 'user.disconnected', ...owner, cause, data: { reason: 'withdrawn' } }, nowMs)
  return ended
}

/**
 * Lets an app spend so much more than it may, where there is a limit: what its user bought in it.
 * @returns whether there is a limit
 */
export async function raiseConsent(
  transaction: DatabaseTransaction,
  raise: { readonly consentId: string; readonly byMicrocredits: Microcredits },
  nowMs: number,
): Promise<boolean> {
  const { numUpdatedRows } = await transaction
    .updateTable('consents')
    .set({ budget_microcredits: sql`budget_microcredits + ${raise.byMicrocredits}`, updated_at_ms: nowMs })
    .where('id', '=', raise.consentId)
    .where('budget_microcredits', 'is not', null)
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

/** The user has said anew what the app may spend: a refund of what was bought before lowers that limit no more. */
async function settleRaises(transaction: DatabaseTransaction, { userId, partnerId }: ConsentOwner): Promise<void> {
  await transaction
    .updateTable('purchases')
    .set({ raises_budget: 0 })
    .where('user_id', '=', userId)
    .where('partner_id', '=', partnerId)
    .where('status', '=', 'complete')
    .where('raises_budget', '=', 1)
    .execute()
}

async function findUnwithdrawn(db: DatabaseReader, { userId, partnerId }: ConsentOwner): Promise<Consent | null> {
  const row = await db
    .selectFrom('consents')
    .selectAll()
    .where('user_id', '=', userId)
    .where('partner_id', '=', partnerId)
    .where('withdrawn_at_ms', 'is', null)
    .executeTakeFirst()
  return row ?? null
}

async function requireUnwithdrawn(db: DatabaseReader, owner: ConsentOwner): Promise<Consent> {
  const row = await findUnwithdrawn(db, owner)
  if (row === null) throw notConnected()
  return row
}

async function setWithdrawn(transaction: DatabaseTransaction, consentId: string, nowMs: number): Promise<void> {
  await transaction.updateTable('consents').set({ withdrawn_at_ms: nowMs }).where('id', '=', consentId).execute()
}

function notConnected(): AppError {
  return new AppError('not_found', 'This app is not connected.')
}

function limitsForLog(row: Consent): Readonly<Record<string, unknown>> {
  const { budget_microcredits: budget, budget_window: window, expires_at_ms } = row
  return {
    ...{ window, models: parseModels(row.models), expires_at_ms },
    budget: budget === null ? null : creditsFromMicrocredits(microcredits(budget)),
  }
}
