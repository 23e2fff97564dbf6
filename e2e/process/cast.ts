import { randomUUID } from 'node:crypto'
import { microcredits } from '../../packages/server/src/kernel/microcredits.ts'
import { giveConsent } from '../../packages/server/src/keys/consents.ts'
import { issueUserKey } from '../../packages/server/src/keys/issue-key.ts'
import { issuePartnerKey } from '../../packages/server/src/keys/issue-partner-key.ts'
import { createPepper } from '../../packages/server/src/keys/pepper.ts'
import { accountAppId } from '../../packages/server/src/partners/account-app.ts'
import type { DatabaseTransaction } from '../../packages/server/src/store/open-database.ts'
import { transact } from '../../packages/server/src/store/transact.ts'
import { createGuest } from '../../packages/server/src/users/find-user.ts'
import type { PartnerKeys } from '../stack.ts'
import type { PeopleStore } from './people-store.ts'
import { walletEnvironment } from './wallets.ts'

/** Who asks, in the columns of the authorisation matrix. */
export const roles = [
  ...(['noOne', 'guest', 'appKey', 'otherAppsKey', 'personalKey'] as const),
  ...(['session', 'otherSession', 'expiredSession', 'revokedKey', 'partnerKey', 'narrowPartnerKey'] as const),
] as const

export type Role = (typeof roles)[number]

/** A user with keys and sessions, and those who are not that user. Each row of the matrix has its own. */
export interface Cast {
  readonly userId: string
  readonly email: string
  /** What each sends to say who it is. */
  readonly headers: Readonly<Record<Role, Readonly<Record<string, string>>>>
  /** Of the user: what rows ask for. */
  readonly ids: { readonly appKey: string; readonly personalKey: string; readonly session: string }
}

const pepper = createPepper(walletEnvironment.KEY_PEPPER)
const dayMs = 86_400_000

/** Makes a cast in two apps; the partner's keys are of the first: one with every scope, and one with `payouts:read` alone. */
export async function makeCast(
  store: PeopleStore,
  apps: readonly [PartnerKeys, PartnerKeys],
  ownPage: Readonly<Record<string, string>>,
): Promise<Cast> {
  const email = `${randomUUID()}@example.com`
  const userId = await store.give(email, 100)
  const otherUserId = await store.give(`${randomUUID()}@example.com`, 100)
  const [app, otherApp] = apps
  const made = await transact(store.db, async (transaction) => {
    const nowMs = Date.now()
    const keyIn = async (partnerId: string) => {
      const limits = { budget: microcredits(50_000_000), window: 'total', models: null, expires_at: null } as const
      const consent = await giveConsent(transaction, { partnerId, limits, by: { userId } }, nowMs)
      return issueUserKey(
        transaction,
        pepper,
        { userId, partnerId, livemode: true, consentId: consent.id, source: 'login' },
        nowMs,
      )
    }
    const guestId = await createGuest(transaction, true, nowMs)
    const issue = (owner: string, partnerId: string, source: 'checkout' | 'account' | 'login') =>
      issueUserKey(transaction, pepper, { userId: owner, partnerId, livemode: true, source }, nowMs)
    const revokedKey = await issue(userId, app.id, 'login')
    await transaction.updateTable('keys').set({ revoked_at_ms: nowMs }).where('id', '=', revokedKey.keyId).execute()
    return {
      ...{ appKey: await keyIn(app.id), otherAppsKey: await keyIn(otherApp.id), revokedKey },
      ...{ guest: await issue(guestId, app.id, 'checkout'), personalKey: await issue(userId, accountAppId, 'account') },
      narrowPartnerKey: await issuePartnerKey(
        transaction,
        {
          key: { partnerId: app.id, livemode: true, name: 'narrow', scopes: ['payouts:read'], expiresAtMs: null },
          pepper,
          by: { actor: { kind: 'cli', id: null } },
        },
        nowMs,
      ),
      session: await addSession(transaction, userId, nowMs + dayMs),
      otherSession: await addSession(transaction, otherUserId, nowMs + dayMs),
      expiredSession: await addSession(transaction, userId, nowMs - 1),
    }
  })
  const key = (secret: string) => ({ 'x-user-key': secret })
  const session = (token: string) => ({ ...ownPage, cookie: `oc_session=${token}` })
  return {
    userId,
    email,
    headers: {
      noOne: {},
      guest: key(made.guest.secret),
      appKey: key(made.appKey.secret),
      otherAppsKey: key(made.otherAppsKey.secret),
      personalKey: key(made.personalKey.secret),
      session: session(made.session.token),
      otherSession: session(made.otherSession.token),
      expiredSession: session(made.expiredSession.token),
      revokedKey: key(made.revokedKey.secret),
      partnerKey: key(app.secret_key),
      narrowPartnerKey: key(made.narrowPartnerKey.secret),
    },
    ids: { appKey: made.appKey.keyId, personalKey: made.personalKey.keyId, session: made.session.id },
  }
}

/** A browser that is signed in on our own pages since now. */
export async function addSession(transaction: DatabaseTransaction, userId: string, expiresAtMs: number) {
  const nowMs = Date.now()
  const id = `ses_${randomUUID()}`
  const token = randomUUID().replaceAll('-', '').padEnd(43, 'x')
  const times = { created_at_ms: nowMs, last_used_at_ms: nowMs, expires_at_ms: expiresAtMs, verified_at_ms: nowMs }
  const browser = { user_agent: null, address: null, ended_at_ms: null }
  await transaction
    .insertInto('sessions')
    .values({
      ...{ id, token_hash: pepper.hash('session', token), user_id: userId, place: 'account', partner_id: null },
      ...times,
      ...browser,
    })
    .execute()
  return { id, token }
}
