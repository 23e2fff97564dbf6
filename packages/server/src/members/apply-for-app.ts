import { AppError } from '../kernel/app-error.ts'
import { dayMs } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'
import { lockUser } from '../keys/lock-user.ts'
import { addApp } from '../partners/save-partner.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import { queueMail } from '../users/mail/outbox.ts'
import type { NewApplication } from './application-schema.ts'
import type { SignUp } from './members-deps.ts'
import { recordMemberAct } from './own-app.ts'

/** Applications of one account in 24 hours, and apps of one account that wait at once. */
const perDayMax = 5
const pendingMax = 3

export interface AppApplication {
  readonly application: NewApplication
  readonly account: { readonly userId: string; readonly email: string }
  readonly signUp: SignUp
  /** How many operators get a mail. */
  readonly operators: number
  readonly requestId: string | null
  readonly address: string | null
}

/**
 * Makes an app, with the account as its owner. Where the operator approves apps, it begins in its test world and waits.
 * @returns its id
 * @throws AppError 403 `session_required` where sign-up is closed; 429 `rate_limited`, 409 for too many
 */
export async function applyForApp(
  transaction: DatabaseTransaction,
  { application, account, signUp, operators, ...from }: AppApplication,
  nowMs: number,
): Promise<string> {
  const { userId, email } = account
  if (signUp.mode === 'closed')
    throw new AppError('insufficient_scope', 'Apps are not signed up here. Ask the operator of this server for one.')
  await lockUser(transaction, userId)
  await refuseTooMany(transaction, userId, nowMs)
  const { name, website, origins, description } = application
  const state = signUp.mode === 'open' ? 'approved' : 'pending'
  const terms = {
    ...{ name, email, shareBasisPoints: signUp.shareBasisPoints, allowedModels: null, origins },
    ...{ allowsLocalhost: false, logoUrl: null, accentColor: null, isActive: state === 'approved' },
  }
  const made = { terms, state, application: { website, description, appliedByUserId: userId } } as const
  const { id: appId } = await addApp(transaction, made, nowMs)
  const times = { created_at_ms: nowMs, updated_at_ms: nowMs }
  await transaction
    .insertInto('partner_members')
    .values({ id: newId('mem'), partner_id: appId, user_id: userId, role: 'owner', ...times })
    .execute()
  const act = { action: 'app.applied_for', target: { kind: 'app', id: appId }, after: { state, name } }
  await recordMemberAct(transaction, { appId, userId, ...from }, act, nowMs)
  if (state === 'pending')
    for (let operator = 0; operator < operators; operator += 1)
      await queueMail(transaction, { kind: 'application', partnerId: appId, operator }, nowMs)
  return appId
}

async function refuseTooMany(transaction: DatabaseTransaction, userId: string, nowMs: number): Promise<void> {
  const rows = await transaction
    .selectFrom('partners')
    .select(['state', 'created_at_ms'])
    .where('applied_by_user_id', '=', userId)
    .where('livemode', '=', 1)
    .where((of) => of.or([of('created_at_ms', '>', nowMs - dayMs), of('state', '=', 'pending')]))
    .limit(100)
    .execute()
  if (rows.filter(({ state }) => state === 'pending').length >= pendingMax)
    throw new AppError(
      'conflict',
      `${pendingMax} of your apps wait for their approval. Wait for it, or close one of them.`,
    )
  const ofDay = rows.filter((row) => row.created_at_ms > nowMs - dayMs).map((row) => row.created_at_ms)
  if (ofDay.length < perDayMax) return
  throw new AppError('rate_limited', `An account signs up ${perDayMax} apps a day at most. Try again tomorrow.`, {
    retryAfterSeconds: Math.ceil((Math.min(...ofDay) + dayMs - nowMs) / 1000),
  })
}
