import type { ClaimLinkResponse, ClaimListResponse, ClaimResponse } from '@opencredits/protocol'
import { type Request, Router } from 'express'
import { useClaimLink } from '../claims/claim-link.ts'
import { type ClaimedPurchases, claimPurchase } from '../claims/claim-purchase.ts'
import { claimLinkSchema, claimSchema } from '../claims/claim-schemas.ts'
import { findClaimable } from '../claims/find-claimable.ts'
import { addressBlock } from '../http/address-block.ts'
import type { ReadJson } from '../http/read-json.ts'
import { requestIdOf } from '../http/request-id.ts'
import type { CreateThrottle } from '../http/throttle.ts'
import { validate } from '../http/validate.ts'
import { AppError } from '../kernel/app-error.ts'
import { assert } from '../kernel/assert.ts'
import { creditsFromMicrocredits } from '../kernel/microcredits.ts'
import type { KeyAuthenticator } from '../keys/authenticate-key.ts'
import { readWallet } from '../ledger/balance.ts'
import { requireRecentSignIn } from '../sessions/authenticate-session.ts'
import { describeSession } from '../sessions/describe-session.ts'
import { isMemberOfAny } from '../sessions/is-member.ts'
import type { RequireOwnPage } from '../sessions/own-page.ts'
import type { RoleRules } from '../sessions/session-roles.ts'
import { type SignInBrowserDeps, signInBrowser } from '../sessions/sign-in-browser.ts'
import { transact } from '../store/transact.ts'
import { findOrCreateAccount } from '../users/find-user.ts'

export interface ClaimRoutesDeps extends SignInBrowserDeps {
  readonly authenticator: KeyAuthenticator
  readonly requireOwnPage: RequireOwnPage
  readonly createThrottle: CreateThrottle
  readonly readJson: ReadJson
  readonly roleRules: RoleRules
}

/** Purchases of a guest that an account takes over: `/v1/account/claims`, and the receipt's link, `POST /v1/claims`. */
export function createClaimRouter(deps: ClaimRoutesDeps): Router {
  const router = Router()
  const linksPerAddress = deps.createThrottle({ name: 'claim-links-address', times: 30, perSeconds: 900 })

  router.get('/v1/account/claims', async (request, response) => {
    const session = await deps.sessionAuthenticator.requireSession(request)
    const answer: ClaimListResponse = { data: await findClaimable(deps.db, { email: session.email, livemode: true }) }
    response.set('cache-control', 'no-store').json(answer)
  })

  router.post('/v1/account/claims', async (request, response) => {
    const session = await deps.sessionAuthenticator.requireSession(request)
    const nowMs = deps.clock.nowMs()
    requireRecentSignIn(session, nowMs)
    const { purchase_id: purchaseId } = validate(claimSchema, await deps.readJson(request))
    const { email, userId: accountUserId } = session
    const claim = { purchaseId, email, accountUserId, by: madeBy(deps, request) }
    const claimed = await transact(deps.db, (transaction) => claimPurchase(transaction, claim, nowMs))
    response.set('cache-control', 'no-store').json(await describe(deps, session, claimed))
  })

  // Only a click of our page posts it: programs that open links to look at them change nothing.
  router.post('/v1/claims', async (request, response) => {
    deps.requireOwnPage(request)
    await linksPerAddress.take(addressBlock(deps.clientAddress(request)))
    const { token } = validate(claimLinkSchema, await deps.readJson(request))
    let claimed: ClaimedPurchases | null = null
    const user = await signInBrowser(deps, request, response, async (transaction, nowMs) => {
      const { purchaseId, email, createdAtMs } = await useClaimLink(transaction, deps.pepper, token, nowMs)
      const accountUserId = await findOrCreateAccount(transaction, { email, livemode: true }, nowMs)
      const isMember = await isMemberOfAny(transaction, accountUserId)
      if (isMember || deps.roleRules.operatorEmails.includes(email)) throw needsCode()
      const claim = { purchaseId, email, accountUserId, by: madeBy(deps, request) }
      claimed = await claimPurchase(transaction, claim, nowMs)
      // Who has an old receipt may have it from its owner, who forwarded it: what needs a recent sign-in asks for a code.
      return { userId: accountUserId, email, verifiedAtMs: createdAtMs }
    })
    assert(claimed !== null, 'a link that was used has claimed something')
    const answer: ClaimLinkResponse = {
      ...describeSession(user, deps.roleRules),
      ...(await describe(deps, user, claimed)),
    }
    response.set('cache-control', 'no-store').json(answer)
  })
  return router
}

/** Receipts are forwarded and kept for years; what opens the operator's pages or an app's console is not. */
function needsCode(): AppError {
  return new AppError(
    'claim_refused',
    'The link does not sign an operator or a member of an app in. Sign in at /account with a code or a passkey; the purchase is offered there.',
  )
}

function madeBy(deps: ClaimRoutesDeps, request: Request) {
  return { requestId: requestIdOf(request), address: deps.clientAddress(request) }
}

async function describe(
  deps: ClaimRoutesDeps,
  account: { readonly userId: string; readonly email: string },
  claimed: ClaimedPurchases,
): Promise<ClaimResponse> {
  // The guest's keys spend from the account from now on.
  deps.authenticator.forgetAll()
  const wallet = await readWallet(deps.db, account.userId)
  return {
    purchase_ids: claimed.purchaseIds,
    credits: creditsFromMicrocredits(claimed.movedMicrocredits),
    balance: creditsFromMicrocredits(wallet.availableMicrocredits),
    claimable: await findClaimable(deps.db, { email: account.email, livemode: true }),
  }
}
