import { inject } from 'vitest'
import { database } from '../../packages/server/src/config-values.ts'
import { microcredits } from '../../packages/server/src/kernel/microcredits.ts'
import { giveConsent } from '../../packages/server/src/keys/consents.ts'
import { issueUserKey, type UserKeyRequest } from '../../packages/server/src/keys/issue-key.ts'
import { createPepper, type Pepper } from '../../packages/server/src/keys/pepper.ts'
import { type Database, openDatabase } from '../../packages/server/src/store/open-database.ts'
import { transact } from '../../packages/server/src/store/transact.ts'
import { findOrCreateAccount } from '../../packages/server/src/users/find-user.ts'
import { type Stack, startStack } from '../stack.ts'
import { call, direct } from './api-client.ts'
import { signInSession } from './session-client.ts'

const keyPepper = 'a pepper that the tests share'

/** A server with its store in reach, and browsers that sign in to it by mailed codes. */
export interface AccountWorld {
  readonly stack: Stack
  readonly db: Database
  readonly pepper: Pepper
  signIn(email: string): Promise<OwnBrowser>
  /** A key of a user, made beside the server. */
  issueKey(
    request: Omit<UserKeyRequest, 'budget' | 'livemode'> & { readonly livemode?: boolean },
  ): Promise<{ readonly keyId: string; readonly secret: string }>
  close(): Promise<void>
}

/** A browser that is signed in on our own page. */
export interface OwnBrowser {
  readonly userId: string
  readonly cookie: string
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): ReturnType<typeof call>
  /** An answer as it came. */
  text(path: string): Promise<string>
}

export async function openAccountWorld(set: Readonly<Record<string, string>> = {}): Promise<AccountWorld> {
  const environment = { KEY_PEPPER: keyPepper, ...set }
  const stack = await startStack({ environment, postgresUrl: inject('postgresUrl') })
  const db = openDatabase(database.parse(stack.environment.DATABASE_URL), { isPatient: true })
  const pepper = createPepper(keyPepper)
  const own = { 'sec-fetch-site': 'same-origin' }
  return {
    ...{ stack, db, pepper },
    async signIn(email) {
      const { cookie } = await signInSession(stack, email)
      return {
        cookie,
        userId: await transact(db, (transaction) => findOrCreateAccount(transaction, { email, livemode: true }, 0)),
        call: (method, path, sent, headers = {}) =>
          call(stack, method, path, {
            ...(sent === undefined ? {} : { body: sent }),
            headers: { ...own, cookie, ...headers },
          }),
        // `Response.text()` takes the byte order mark away.
        text: async (path) => {
          const response = await fetch(`${direct(stack)}${path}`, { headers: { cookie } })
          return Buffer.from(await response.arrayBuffer()).toString()
        },
      }
    },
    issueKey: (request) =>
      transact(db, (transaction) => issueUserKey(transaction, pepper, { livemode: true, ...request }, Date.now())),
    async close() {
      await db.destroy()
      await stack.close()
    },
  }
}

/** Credits of an answer, exactly. */
export function microcreditsOf(credits: unknown): number {
  return microcredits(Math.round(Number(credits) * 1e6))
}

/** Lets an app spend ten credits a month. @returns a new key of the app. */
export async function connectTo(world: AccountWorld, by: OwnBrowser, app: { readonly id: string }) {
  const limits = { budget: microcredits(10_000_000), window: 'month', models: null, expires_at: null } as const
  const consent = { partnerId: app.id, limits, by: { userId: by.userId } }
  const { id } = await transact(world.db, (transaction) => giveConsent(transaction, consent, Date.now()))
  return world.issueKey({ userId: by.userId, partnerId: app.id, source: 'login', consentId: id })
}

/** A small call. */
export function askModel({ stack }: AccountWorld, key: string): ReturnType<typeof call> {
  const body = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] }
  return call(stack, 'POST', '/v1/chat/completions', { key, body })
}
