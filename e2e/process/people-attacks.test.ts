import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { microcredits } from '../../packages/server/src/kernel/microcredits.ts'
import { changeConsent, giveConsent } from '../../packages/server/src/keys/consents.ts'
import { issuePersonalKey } from '../../packages/server/src/keys/issue-personal-key.ts'
import { createPepper } from '../../packages/server/src/keys/pepper.ts'
import { readWallet } from '../../packages/server/src/ledger/balance.ts'
import type { DatabaseTransaction } from '../../packages/server/src/store/open-database.ts'
import { transact } from '../../packages/server/src/store/transact.ts'
import { mergeGuest } from '../../packages/server/src/users/merge-guest.ts'
import { decodeMails } from '../mail-box.ts'
import type { AnotherServer, PartnerKeys, Stack } from '../stack.ts'
import { buyCredits, call, until, verifyLedger } from './api-client.ts'
import { openPeopleStore, type PeopleStore } from './people-store.ts'
import { startProcessStack } from './process-stack.ts'
import { askForCode, fromFrame, signInTo } from './sign-in.ts'

/** What somebody tried who wanted more than is theirs. */
let stack: Stack
let second: AnotherServer
let app: PartnerKeys
let store: PeopleStore

beforeAll(async () => {
  stack = await startProcessStack()
  second = await stack.startAnother()
  store = openPeopleStore(stack)
  app = stack.createPartner()
}, 60_000)

afterAll(async () => {
  expect(verifyLedger(stack)).toMatchObject({ ok: true, openHolds: 0 })
  await store.close()
  await stack.close()
})

const someone = () => `${randomUUID()}@example.com`

it('an app’s limit that a purchase raised falls again with its refund or dispute, unless the user has set it since', async () => {
  const email = someone()
  const userId = await store.give(email, 700)
  const { userKey: key, sessionToken } = await signInTo(stack, app, email, { budget: 10 })
  const limitIs = (budget: number) =>
    until(async () => {
      const { body } = await call(stack, 'GET', '/v1/keys', { key })
      return (body.data as { budget: number }[])[0]?.budget === budget
    })
  const body = { publishable_key: app.publishable_key, amount: 5, allow_app: true }
  const headers = { ...fromFrame(stack), 'x-opencredits-session': sessionToken }
  const opened = await call(stack, 'POST', '/v1/checkout/sessions', { key, headers, body })
  const bought = String(opened.body.session_id)
  const { pay, refund, dispute, closeDispute } = stack.sandbox.stripe.control
  await pay(bought)
  await limitIs(510)
  await refund(bought, 200)
  await limitIs(310)
  const disputeId = await dispute(bought)
  await limitIs(10)
  await closeDispute(disputeId, 'won')
  await limitIs(310)
  const change = { partnerId: app.id, changes: { budget: microcredits(50e6) }, by: { userId } }
  await transact(store.db, (transaction) => changeConsent(transaction, change, Date.now()))
  await refund(bought, 300)
  await until(async () => (await readWallet(store.db, userId)).postedMicrocredits === 700e6)
  await limitIs(50)
})

it('strangers who guess at a mailbox, or ask for its codes, do not keep a browser out that was signed in before', async () => {
  const email = someone()
  const { verified } = await signInTo(stack, app, email)
  const cookie = verified.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  const own = { ...fromFrame(stack), cookie }
  const codesFor = (headers = {}) =>
    call(stack, 'POST', '/v1/login/codes', { headers, body: { publishable_key: app.publishable_key, email } })
  const verify = (loginId: unknown, code: string, headers: Record<string, string>) =>
    call(stack, 'POST', '/v1/login/verify', { headers, body: { login_id: loginId, code } })
  for (let asked = 0; asked < 2; asked += 1) {
    const { body } = await codesFor()
    for (let guess = 0; guess < 5; guess += 1) await verify(body.login_id, '00000000', {})
  }
  const { loginId, code } = await askForCode(stack, app, email)
  expect((await verify(loginId, code, fromFrame(stack))).status).toBe(429)
  expect((await verify(loginId, code, own)).status).toBe(200)
  await until(async () => (await codesFor()).status === 429)
  expect((await codesFor(own)).status).toBe(200)
})

it('who has signed out meanwhile allows an app nothing', async () => {
  const { loginId, code } = await askForCode(stack, app, someone())
  const headers = fromFrame(stack)
  const { body } = await call(stack, 'POST', '/v1/login/verify', { headers, body: { login_id: loginId, code } })
  const session = { ...headers, 'x-opencredits-session': String(body.session_token) }
  expect((await call(stack, 'DELETE', '/v1/session', { headers: session })).status).toBe(204)
  const consent = { consent_id: body.consent_id, budget: null }
  expect((await call(stack, 'POST', '/v1/login/consent', { headers, body: consent })).status).toBe(400)
})

it('a limit too large to be added to is refused: a purchase would leave it unreadable', async () => {
  const { sessionToken } = await signInTo(stack, app, someone(), { budget: 1_000_000_000 })
  const headers = { ...fromFrame(stack), 'x-opencredits-session': sessionToken }
  for (const budget of [1_000_000_001, '9007199254.740991']) {
    const answer = await call(stack, 'PATCH', `/v1/account/apps/${app.id}`, { headers, body: { budget } })
    expect([answer.status, (answer.body.error as { param?: string }).param]).toEqual([400, 'budget'])
  }
})

it('a user who changes or downloads hundreds of times is slowed down, and can still end what has access', async () => {
  const { sessionToken } = await signInTo(stack, app, someone())
  const headers = { ...fromFrame(stack), 'x-opencredits-session': sessionToken }
  const ask = (method: string, path: string) =>
    call(stack, method, `/v1/account/${path}`, { headers, ...(method === 'GET' ? {} : { body: {} }) })
  const statuses = new Set<number>()
  for (let round = 0; round < 10; round += 1) {
    const answers = await Promise.all(Array.from({ length: 21 }, () => ask('POST', 'keys')))
    for (const { status } of answers) statuses.add(status)
  }
  expect([...statuses]).toEqual([400, 429])
  expect((await ask('PATCH', `apps/${app.id}`)).status).toBe(429)
  for (const file of ['export', 'EXPORT/', 'requests.csv', 'usage.csv'])
    expect((await ask('GET', file)).status).toBe(429)
  expect((await ask('GET', 'overview')).status).toBe(200)
  expect((await ask('DELETE', `apps/${app.id}`)).status).toBe(200)
})

it('keys that are made at once are a hundred at most', async () => {
  const userId = await store.give(someone(), 1)
  const rows = Array.from({ length: 99 }, () => {
    const id = `key_${randomUUID()}`
    return { ...{ id, secret_hash: id, last_four: '0000', user_id: userId, partner_id: app.id } } as const
  })
  await store.db
    .insertInto('keys')
    .values(rows.map((row) => ({ ...row, kind: 'user', source: 'account', created_at_ms: 0 })))
    .execute()
  const key = { limits: { name: 'one more' }, partnerId: app.id, pepper: createPepper('a pepper'), by: { userId } }
  // Two servers, the first of which has counted and made its key, but is not through.
  const made = async (doneAfterMs: number) =>
    transact(store.db, async (transaction) => {
      await issuePersonalKey(transaction, key, Date.now())
      await new Promise((wait) => setTimeout(wait, doneAfterMs))
    }).then(
      () => 'made',
      (error) => error.code,
    )
  const first = made(300)
  await new Promise((wait) => setTimeout(wait, 100))
  expect(await Promise.all([first, made(0)])).toEqual(['made', 'invalid_request'])
})

it.each(['merge', 'consent'] as const)(
  'a guest’s key comes under a consent that is given at the same moment: the %s first',
  async (first) => {
    const by = { userId: await store.give(someone(), 1) }
    const { userKey } = await buyCredits(stack, app, 5)
    const key = () =>
      store.db
        .selectFrom('keys')
        .select(['user_id', 'consent_id'])
        .where('last_four', '=', userKey.slice(-4))
        .where('partner_id', '=', app.id)
        .orderBy('created_at_ms', 'desc')
        .executeTakeFirstOrThrow()
    const guestUserId = String((await key()).user_id)
    const limits = { budget: microcredits(5e6), window: 'total', models: null, expires_at: null } as const
    const acts = {
      merge: async (transaction: DatabaseTransaction) =>
        void (await mergeGuest(transaction, { guestUserId, accountUserId: by.userId }, Date.now())),
      consent: async (transaction: DatabaseTransaction) =>
        void (await giveConsent(transaction, { partnerId: app.id, limits, by }, Date.now())),
    }
    const slow = transact(store.db, async (transaction) => {
      await acts[first](transaction)
      await new Promise((wait) => setTimeout(wait, 300))
    })
    await new Promise((wait) => setTimeout(wait, 100))
    await Promise.all([slow, transact(store.db, acts[first === 'merge' ? 'consent' : 'merge'])])
    expect(await key()).toMatchObject({ user_id: by.userId, consent_id: expect.stringMatching(/^con_/) })
  },
)

it('the link of an old receipt, which its owner may have forwarded, opens nothing that needs a recent sign-in', async () => {
  const linkOf = async (email: string) => {
    const body = { publishable_key: app.publishable_key, amount: 5 }
    const bought = await call(stack, 'POST', '/v1/checkout/sessions', { body })
    await stack.sandbox.stripe.control.pay(String(bought.body.session_id), { email })
    const link = () => /\/account\/claim#([\w-]+)/.exec(decodeMails(stack.mails()).split(email).slice(1).join(''))?.[1]
    await until(async () => link() !== undefined)
    return String(link())
  }
  const signInBy = async (token: string) => {
    const answer = await call(stack, 'POST', '/v1/claims', { headers: fromFrame(stack), body: { token } })
    expect(answer.status).toBe(200)
    const cookie = answer.headers.getSetCookie().map((one) => one.split(';')[0])
    return { ...fromFrame(stack), cookie: cookie.join('; ') }
  }
  const passkey = async (headers: Record<string, string>) =>
    (await call(stack, 'POST', '/v1/session/passkeys/options', { headers, body: {} })).status
  expect(await passkey(await signInBy(await linkOf(someone())))).toBe(200)
  const email = someone()
  const token = await linkOf(email)
  const anHourAgo = Date.now() - 3_600_000
  await store.db.updateTable('claim_links').set({ created_at_ms: anHourAgo }).where('email', '=', email).execute()
  expect(await passkey(await signInBy(token))).toBe(403)
})

it('what somebody who was erased has left goes to nobody, though another server still knows an app’s key', async () => {
  const [email, thief] = [someone(), someone()]
  const userId = await store.give(email, 90)
  const { userKey: key, sessionToken } = await signInTo(stack, app, email)
  const { loginId, code } = await askForCode(stack, app, thief)
  const atSecond = (method: string, path: string, body?: object) =>
    fetch(`${second.url}${path}`, {
      method,
      headers: { ...fromFrame(stack), 'content-type': 'application/json', 'x-user-key': key },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  expect((await atSecond('GET', '/v1/me')).status).toBe(200)
  const headers = { ...fromFrame(stack), 'x-opencredits-session': sessionToken }
  expect((await call(stack, 'POST', '/v1/account/delete', { headers, body: {} })).status).toBe(200)
  const stolen = await atSecond('POST', '/v1/login/verify', { login_id: loginId, code })
  expect([stolen.status, await stolen.json()]).toMatchObject([200, { balance: 0, email: thief }])
  expect((await readWallet(store.db, userId)).postedMicrocredits).toBe(90e6)
})

it('an app raises no limit but its own: a purchase with its key in another app leaves that one’s as it was', async () => {
  const email = someone()
  const other = stack.createPartner({ name: 'Another app' })
  const { userKey: key, sessionToken } = await signInTo(stack, app, email)
  const there = await signInTo(stack, other, email, { budget: 10 })
  const body = { publishable_key: other.publishable_key, amount: 5, allow_app: true }
  const headers = { ...fromFrame(stack), 'x-opencredits-session': sessionToken }
  const opened = await call(stack, 'POST', '/v1/checkout/sessions', { key, headers, body })
  await stack.sandbox.stripe.control.pay(String(opened.body.session_id))
  await until(async () => (await call(stack, 'GET', '/v1/account/overview', { headers })).body.balance === 500)
  const { data } = (await call(stack, 'GET', '/v1/keys', { key: there.userKey })).body
  expect(data).toMatchObject([{ budget: 10 }])
})

it('an app that asks for the code itself gets no session, in whichever protocol; its server, which can say that it is our frame, is slowed down', async () => {
  const site = 'https://app.example'
  const own = stack.createPartner({ name: 'An app with a field', origins: [site] })
  for (const [sdk_protocol, fetchSite] of [
    [1, 'cross-site'],
    [2, 'cross-site'],
    [1, 'same-site'],
    [1, 'none'],
  ] as const) {
    const { loginId, code } = await askForCode(stack, own, someone())
    const body = { login_id: loginId, code, sdk_protocol }
    const headers = { origin: site, 'sec-fetch-site': fetchSite }
    const answer = await call(stack, 'POST', '/v1/login/verify', { headers, body })
    expect(answer.status).toBe(200)
    expect(answer.body).not.toHaveProperty('session_token')
    expect(answer.headers.getSetCookie()).toEqual([])
  }
  const statuses: number[] = []
  for (let forged = 0; forged < 61; forged += 1) {
    const headers = { ...fromFrame(stack), 'content-type': 'application/json' }
    const body = JSON.stringify({ login_id: `lgn_${forged}`, code: '00000000' })
    statuses.push((await fetch(`${second.url}/v1/login/verify`, { method: 'POST', headers, body })).status)
  }
  expect([new Set(statuses.slice(0, -2)), statuses.at(-1)]).toEqual([new Set([400]), 429])
})
