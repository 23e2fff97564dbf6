import type { IncomingMessage } from 'node:http'
import { recordAct } from '../audit-log/record-act.ts'
import type { ClientAddress } from '../http/client-address.ts'
import { requestIdOf } from '../http/request-id.ts'
import type { Clock } from '../kernel/clock.ts'
import type { ActingUser } from '../keys/acting-user.ts'
import { findConsent } from '../keys/consents.ts'
import { issueUserKey } from '../keys/issue-key.ts'
import type { Pepper } from '../keys/pepper.ts'
import { readWorldNowMs } from '../keys/world-time.ts'
import type { Partner } from '../partners/partner.ts'
import { refuseOtherWorld } from '../partners/refuse-other-world.ts'
import { isKnownBrowser } from '../sessions/known-device.ts'
import { checkLoginCode, findAppOfLogin, useLoginCode } from '../sessions/login-code.ts'
import { type OpenedAccountSession, openSession } from '../sessions/open-session.ts'
import type { Database, DatabaseTransaction } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import { findOrCreateAccount, findUser } from '../users/find-user.ts'
import { mergeGuest } from '../users/merge-guest.ts'
import { askForConsent, type ConnectedKey, connectApp, issueUnder } from './connect-app.ts'
import { suggestBudget } from './suggest-budget.ts'

export interface SignInDeps {
  readonly db: Database
  readonly clock: Clock
  readonly pepper: Pepper
  readonly publicUrl: string
  readonly clientAddress: ClientAddress
  readonly findAppById: (partnerId: string) => Promise<Partner>
}

export interface SignInAttempt {
  readonly loginId: string
  readonly code: string
  /** Whose key the page has: a guest comes along. */
  readonly callerUserId: string | null
  readonly request: IncomingMessage
  /** It comes from the checkout's frame, which is signed in to the account as well. */
  readonly isFromFrame: boolean
  /** Pages with an `sdk.js` of before consent cannot ask: they get a key with the default limit. */
  readonly canAsk: boolean
}

export interface SignedIn {
  readonly userId: string
  readonly email: string
  readonly app: Partner
  /** Of the frame. */
  readonly session: OpenedAccountSession | null
  /** The app's key; or the secret with which the browser answers what the app may spend. */
  readonly outcome: { readonly key: ConnectedKey } | { readonly consentId: string }
}

/**
 * Signs in with a mailed code: finds or makes the account, moves the caller's guest into it, opens the frame's session,
 * and issues a key where the user has allowed the app something; else the user is asked. All of it in one transaction,
 * the use of the code included.
 * @throws AppError `invalid_request` for a wrong, used or expired code, and for a guest of the other world.
 */
export async function signIn(deps: SignInDeps, attempt: SignInAttempt): Promise<SignedIn> {
  const of = await findAppOfLogin(deps.db, deps.pepper, attempt.loginId)
  const livemode = of?.livemode ?? true
  const nowMs = of === null ? deps.clock.nowMs() : await readWorldNowMs(deps, of)
  const isKnownDevice = (email: string) => isKnownBrowser(deps, attempt.request, { email, livemode })
  const login = await checkLoginCode(deps.db, deps.pepper, { ...attempt, isKnownDevice }, nowMs)
  const app = await deps.findAppById(login.partner_id)
  refuseOtherWorld(attempt.request.headers, app, 'login_id')
  return transact(deps.db, async (transaction) => {
    await useLoginCode(transaction, login.id, nowMs)
    const userId = await findOrCreateAccount(transaction, { email: login.email, livemode: app.livemode }, nowMs)
    const by = { userId, address: deps.clientAddress(attempt.request), requestId: requestIdOf(attempt.request) }
    await mergeCaller(transaction, { callerUserId: attempt.callerUserId, by }, nowMs)
    const { request } = attempt
    const session = attempt.isFromFrame
      ? await openSession(
          transaction,
          deps,
          { request, userId, place: 'frame', livemode, partnerId: app.id },
          // Sessions are of the browser, whose time is nobody's to advance.
          deps.clock.nowMs(),
        )
      : null
    const sessionId = session?.sessionId ?? null
    const asked = { app, by, sessionId, canAsk: attempt.canAsk }
    const outcome = await keyOrQuestion(transaction, deps.pepper, asked, nowMs)
    return { userId, email: login.email, app, session, outcome }
  })
}

async function mergeCaller(
  transaction: DatabaseTransaction,
  { callerUserId, by }: { readonly callerUserId: string | null; readonly by: ActingUser },
  nowMs: number,
): Promise<void> {
  const caller = callerUserId === null ? null : await findUser(transaction, callerUserId)
  if (caller === null || caller.email !== null || caller.id === by.userId) return
  const isMerged = await mergeGuest(transaction, { guestUserId: caller.id, accountUserId: by.userId }, nowMs)
  if (!isMerged) return
  const target = { kind: 'user', id: caller.id }
  const actor = { kind: 'user', id: by.userId } as const
  await recordAct(transaction, { ...by, actor, action: 'guest.merged', target }, nowMs)
}

interface AskedApp {
  readonly app: Partner
  readonly by: ActingUser
  readonly sessionId: string | null
  readonly canAsk: boolean
}

async function keyOrQuestion(
  transaction: DatabaseTransaction,
  pepper: Pepper,
  { app, by, sessionId, canAsk }: AskedApp,
  nowMs: number,
): Promise<SignedIn['outcome']> {
  const owner = { userId: by.userId, partnerId: app.id }
  // Our own page, which its user is signed in to: nobody else gets this key.
  if (app.isAccountPage)
    return {
      key: await issueUserKey(
        transaction,
        pepper,
        { ...owner, livemode: app.livemode, sessionId, source: 'login' },
        nowMs,
      ),
    }
  const consent = await findConsent(transaction, owner, nowMs)
  if (consent !== null)
    return { key: await issueUnder(transaction, { consent, livemode: app.livemode, sessionId, pepper }, nowMs) }
  if (canAsk) return { consentId: await askForConsent(transaction, pepper, { ...owner, sessionId }, nowMs) }
  const { amountMicrocredits: budget, window } = suggestBudget(app.suggestedBudget)
  const limits = { budget, window, models: null, expires_at: null }
  return { key: await connectApp(transaction, { app, limits, sessionId, pepper, by }, nowMs) }
}
