import { once } from 'node:events'
import { createServer } from 'node:http'
import express from 'express'
import { pino } from 'pino'
import { answerErrors, answerNotFound } from '../http/answer-error.ts'
import { clientAddressThrough } from '../http/client-address.ts'
import { createIntake } from '../http/intake.ts'
import { assignRequestId } from '../http/request-id.ts'
import { createThrottle, type ThrottleRule } from '../http/throttle.ts'
import { fixedClock } from '../kernel/clock.ts'
import { createPepper } from '../keys/pepper.ts'
import { accountAppId, ensureAccountApp } from '../partners/account-app.ts'
import { adoptApps } from '../partners/adopt-apps.ts'
import { openTestDatabase } from '../store/test-database.ts'
import type { Mail } from '../users/mail/mailer.ts'
import { createSessionAuthenticator } from './authenticate-session.ts'
import { createOwnPageGuard } from './own-page.ts'
import { createOwnPasskeyRouter } from './own-passkey-routes.ts'
import { createPasskeyRouter } from './passkey-routes.ts'
import { createCodeSender } from './send-login-code.ts'
import type { RoleRules } from './session-roles.ts'
import { createSessionRouter } from './session-routes.ts'

export const ownOrigin = 'https://credits.example'

export interface SessionAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, unknown>
}

/** A browser: it keeps cookies, and says that its requests come from our own page. */
export interface TestBrowser {
  /** A header that is undefined is left out. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string | undefined>,
  ): Promise<SessionAnswer>
  askForCode(email: string): Promise<{ readonly loginId: string; readonly code: string }>
  signIn(email: string): Promise<SessionAnswer>
  cookies(): ReadonlyMap<string, string>
  /** `Set-Cookie` headers of the last answer. */
  lastSet(): readonly string[]
  forget(name: string): void
}

/** The routes of signing in on a port, with a store, a clock that stands still and a mailbox. */
export async function openSignIn(rules: Partial<RoleRules> = {}) {
  const store = await openTestDatabase()
  const clock = fixedClock()
  await ensureAccountApp(store.db, clock.nowMs())
  const mails: Mail[] = []
  const common = {
    db: store.db,
    clock,
    logger: pino({ level: 'silent' }),
    pepper: createPepper('test pepper of the sessions'),
    publicUrl: ownOrigin,
    // Everything here comes from one address, within seconds of the real clock that throttles go by.
    createThrottle: (rule: ThrottleRule) => createThrottle({ ...rule, times: 1_000 }),
    clientAddress: clientAddressThrough(0),
    roleRules: { operatorEmails: ['operator@example.com'], requirePasskeyOf: [], ...rules },
    mailer: { send: async (mail: Mail) => void mails.push(mail) },
  }
  const deps = {
    ...common,
    accountApp: { id: accountAppId, name: 'OpenCredits' },
    sessionAuthenticator: createSessionAuthenticator(common),
    onSignedIn: adoptApps,
    requireOwnPage: createOwnPageGuard(ownOrigin),
    sendLoginCode: createCodeSender(common),
    ...createIntake({ ...common, addressRequestsPerMinute: 100_000, bodyBytesInFlightMax: 64 * 1024 * 1024 }),
  }
  const app = express()
  app.use((request, response, next) => {
    assignRequestId(request, response)
    next()
  })
  app.use(createSessionRouter(deps), createPasskeyRouter(deps), createOwnPasskeyRouter(deps))
  app.use(answerNotFound, answerErrors(deps.logger))
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const url = `http://127.0.0.1:${address.port}`
  return {
    deps,
    clock,
    mails,
    browser: () => createBrowser(url, mails),
    async close() {
      server.closeAllConnections()
      server.close()
      await store.close()
    },
  }
}

function createBrowser(url: string, mails: readonly Mail[]): TestBrowser {
  const cookies = new Map<string, string>()
  let lastSet: readonly string[] = []
  const call: TestBrowser['call'] = async (method, path, body, headers = {}) => {
    const sent = {
      'content-type': body === undefined ? undefined : 'application/json',
      'sec-fetch-site': 'same-origin',
      cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      ...headers,
    }
    const response = await fetch(`${url}${path}`, {
      method,
      headers: Object.entries(sent).flatMap(([name, value]): [string, string][] =>
        value === undefined ? [] : [[name, value]],
      ),
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    lastSet = response.headers.getSetCookie()
    for (const cookie of lastSet) {
      const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split('=')
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) }
  }
  const askForCode: TestBrowser['askForCode'] = async (email) => {
    const { body } = await call('POST', '/v1/session/codes', { email })
    const code = /\b\d{8}\b/.exec(mails.at(-1)?.text ?? '')?.[0]
    return { loginId: String(body.login_id), code: String(code) }
  }
  return {
    call,
    askForCode,
    async signIn(email) {
      const { loginId, code } = await askForCode(email)
      return call('POST', '/v1/session', { login_id: loginId, code })
    },
    cookies: () => cookies,
    lastSet: () => lastSet,
    forget: (name) => void cookies.delete(name),
  }
}
