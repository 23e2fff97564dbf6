import type { ClaimablePurchase, ConsentRequiredResponse, LoginVerifyResponse } from '@opencredits/protocol'
import { findClaimable } from '../claims/find-claimable.ts'
import type { Clock } from '../kernel/clock.ts'
import { creditsFromMicrocredits, minMicrocredits } from '../kernel/microcredits.ts'
import { worldNowMs } from '../kernel/world-clock.ts'
import type { KeyAuthenticator } from '../keys/authenticate-key.ts'
import { readSpendable } from '../keys/read-spendable.ts'
import { readWallet } from '../ledger/balance.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import type { SignedIn } from './sign-in.ts'
import { suggestBudget } from './suggest-budget.ts'

export interface SignInAnswerDeps {
  readonly db: DatabaseReader
  readonly clock: Clock
  readonly authenticator: KeyAuthenticator
}

/**
 * What a browser is told that has just signed in. Only our own frame is told of the account: its e-mail, its whole balance,
 * what it may claim, and the session. An app that asks by itself is told what it may spend, or might.
 */
export async function answerSignIn(
  deps: SignInAnswerDeps,
  { userId, email, app, session, outcome }: SignedIn,
): Promise<LoginVerifyResponse | ConsentRequiredResponse> {
  const shared = { livemode: app.livemode, ...(session === null ? {} : { session_token: session.token }) }
  if ('key' in outcome)
    return {
      user_key: outcome.key.secret,
      balance: await readBalanceOf(deps, outcome.key.secret),
      email: session === null ? null : email,
      claimable: session === null ? [] : await findClaimable(deps.db, { email, livemode: app.livemode }),
      ...shared,
    }
  const { availableMicrocredits } = await readWallet(deps.db, userId)
  const suggested = suggestBudget(app.suggestedBudget)
  const told =
    session === null ? minMicrocredits(availableMicrocredits, suggested.amountMicrocredits) : availableMicrocredits
  return {
    consent_required: true,
    consent_id: outcome.consentId,
    app: { name: app.name, logo_url: app.logoUrl, website: app.website },
    balance: creditsFromMicrocredits(told),
    email: session === null ? null : email,
    suggested: { budget: creditsFromMicrocredits(suggested.amountMicrocredits), window: suggested.window },
    ...shared,
  }
}

/** What a new key can spend now. */
export async function readBalanceOf(deps: SignInAnswerDeps, secret: string): Promise<number> {
  const key = await deps.authenticator.authenticateUserKey(secret)
  const { availableMicrocredits } = await readSpendable(deps.db, key, worldNowMs(deps.clock.nowMs(), key))
  return creditsFromMicrocredits(availableMicrocredits)
}

/** What a signed-in user may claim, for our own frame only. */
export async function readClaimable(
  db: DatabaseReader,
  userId: string,
  isFromFrame: boolean,
): Promise<readonly ClaimablePurchase[]> {
  if (!isFromFrame) return []
  const user = await db.selectFrom('users').select(['email', 'livemode']).where('id', '=', userId).executeTakeFirst()
  return user === undefined || user.email === null
    ? []
    : findClaimable(db, { email: user.email, livemode: user.livemode === 1 })
}
