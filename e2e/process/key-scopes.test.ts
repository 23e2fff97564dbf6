import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { microcredits } from '../../packages/server/src/kernel/microcredits.ts'
import { changeConsent, withdrawConsent } from '../../packages/server/src/keys/consents.ts'
import { transact } from '../../packages/server/src/store/transact.ts'
import type { PartnerKeys, Stack } from '../stack.ts'
import { type ApiAnswer, balanceOf, buyCredits, call, until, verifyLedger } from './api-client.ts'
import { holdsSoon } from './holds-soon.ts'
import { openPeopleStore, type PeopleStore } from './people-store.ts'
import { startProcessStack } from './process-stack.ts'
import { askForCode, fromFrame, signInTo } from './sign-in.ts'

let stack: Stack
let app: PartnerKeys
let other: PartnerKeys
let store: PeopleStore

beforeAll(async () => {
  stack = await startProcessStack()
  store = openPeopleStore(stack)
  app = stack.createPartner()
  other = stack.createPartner({ name: 'Another app', origins: ['https://app.example'] })
}, 60_000)

afterAll(async () => {
  expect(verifyLedger(stack)).toMatchObject({ ok: true, openHolds: 0 })
  await store.close()
  await stack.close()
})

const someone = () => `${randomUUID()}@example.com`
const ask = (key: string, content = 'Hi') =>
  call(stack, 'POST', '/v1/chat/completions', {
    key,
    body: { model: 'gpt-4o', max_tokens: 50, messages: [{ role: 'user', content }] },
  })
const typeOf = ({ body }: ApiAnswer) => (body.error as { type?: string } | undefined)?.type
const ofSession = (token: string) => ({ ...fromFrame(stack), 'x-opencredits-session': token })
const give = (email: string, credits: number) => store.give(email, credits)

describe('what an app could do to its user before', () => {
  it('a guest’s key that was noted before the sign-in spends what the guest brought along, and never the account', async () => {
    const email = someone()
    await give(email, 500)
    const guest = await buyCredits(stack, app, 5)
    const signedIn = await signInTo(stack, app, email, { key: guest.userKey })
    expect((await balanceOf(stack, signedIn.userKey)).balance).toBe(1000)
    expect((await balanceOf(stack, guest.userKey)).balance).toBe(500)
    const poor = await call(stack, 'POST', '/v1/checkout/sessions', {
      body: { publishable_key: app.publishable_key, amount: 5 },
    })
    const planted = String(poor.body.user_key)
    await signInTo(stack, app, email, { key: planted })
    expect((await ask(planted)).status).toBe(401)
    await call(stack, 'POST', '/v1/logout', { key: signedIn.userKey })
    expect((await balanceOf(stack, guest.userKey)).balance).toBe(500)
  })

  it('an app reads neither the user’s address nor what another app did', async () => {
    const email = someone()
    await give(email, 100)
    const here = await signInTo(stack, app, email, { budget: 20 })
    const there = await signInTo(stack, other, email, { budget: 30 })
    const asked = await ask(there.userKey)
    const history = async (key: string) => (await call(stack, 'GET', '/v1/credits/history', { key })).body
    expect(await history(there.userKey)).toMatchObject({ total: 1, data: [{ type: 'usage' }] })
    expect(await history(here.userKey)).toMatchObject({ total: 0, data: [] })
    const record = (key: string) =>
      call(stack, 'GET', `/v1/credits/requests/${asked.headers.get('request-id')}`, { key })
    expect([(await record(there.userKey)).status, (await record(here.userKey)).status]).toEqual([200, 404])
    for (const { userKey } of [here, there])
      expect((await call(stack, 'GET', '/v1/me', { key: userKey })).body).toMatchObject({
        email: null,
        is_guest: false,
      })
    expect(await balanceOf(stack, here.userKey)).toEqual({ balance: 20, held: 0 })
    expect((await call(stack, 'GET', '/v1/credits?currency=usd', { key: here.userKey })).body.balance).toBe(0.2)
  })

  it('an app ends no key but its own, makes none and changes none', async () => {
    const email = someone()
    const here = await signInTo(stack, app, email)
    const there = await signInTo(stack, other, email)
    const own = ((await call(stack, 'GET', '/v1/keys', { key: here.userKey })).body.data as { id: string }[]).map(
      ({ id }) => id,
    )
    const foreign = ((await call(stack, 'GET', '/v1/keys', { key: there.userKey })).body.data as { id: string }[])[0]
      ?.id
    expect(own).toHaveLength(1)
    const refused = await Promise.all([
      call(stack, 'DELETE', `/v1/keys/${foreign}`, { key: here.userKey }),
      call(stack, 'POST', '/v1/keys/revoke_all', { key: here.userKey }),
      call(stack, 'POST', '/v1/keys', { key: here.userKey, body: { name: 'mine' } }),
      call(stack, 'PATCH', `/v1/keys/${own[0]}`, { key: here.userKey, body: { budget: null } }),
    ])
    for (const answer of refused) expect([answer.status, typeOf(answer)]).toEqual([403, 'session_required'])
    expect((await call(stack, 'GET', '/v1/me', { key: there.userKey })).status).toBe(200)
    expect((await call(stack, 'DELETE', `/v1/keys/${own[0]}`, { key: here.userKey })).status).toBe(200)
    expect((await call(stack, 'GET', '/v1/me', { key: here.userKey })).status).toBe(401)
  })

  it('a guest’s debt does not follow into the account', async () => {
    const email = someone()
    await give(email, 300)
    const guest = await buyCredits(stack, app, 5)
    await ask(guest.userKey, 'Go [[sandbox: tokens=40]]')
    await stack.sandbox.stripe.control.refund(guest.sessionId)
    await until(async () => (await balanceOf(stack, guest.userKey)).balance < 0)
    const signedIn = await signInTo(stack, app, email, { key: guest.userKey })
    expect((await balanceOf(stack, signedIn.userKey)).balance).toBe(300)
    expect((await ask(guest.userKey)).status).toBe(401)
  })

  it('signing out ends the app’s key and the session that came with it, and no other', async () => {
    const email = someone()
    const phone = await signInTo(stack, app, email)
    const laptop = await signInTo(stack, app, email)
    const session = (token: string) => call(stack, 'GET', '/v1/session', { headers: ofSession(token) })
    expect((await session(phone.sessionToken)).body).toMatchObject({ user: { email } })
    expect((await call(stack, 'POST', '/v1/logout', { key: phone.userKey })).status).toBe(204)
    expect((await call(stack, 'GET', '/v1/me', { key: phone.userKey })).status).toBe(401)
    expect((await session(phone.sessionToken)).status).toBe(401)
    expect((await call(stack, 'GET', '/v1/me', { key: laptop.userKey })).status).toBe(200)
    expect((await session(laptop.sessionToken)).status).toBe(200)
    const ended = await call(stack, 'DELETE', '/v1/session', { headers: ofSession(laptop.sessionToken) })
    expect(ended.status).toBe(204)
    const isEnded = async () => (await call(stack, 'GET', '/v1/me', { key: laptop.userKey })).status === 401
    await holdsSoon(performance.now(), isEnded)
  })
})

describe('consent', () => {
  it('is asked for at the first sign-in in an app, works once, and never for an app’s page', async () => {
    const email = someone()
    await give(email, 700)
    const { loginId, code } = await askForCode(stack, other, email)
    const verified = await call(stack, 'POST', '/v1/login/verify', {
      headers: fromFrame(stack),
      body: { login_id: loginId, code, sdk_protocol: 2 },
    })
    expect(verified.body).toMatchObject({
      ...{ consent_required: true, balance: 700, email, session_token: expect.any(String) },
      ...{ suggested: { budget: 500, window: 'month' }, app: { name: 'Another app', website: null } },
    })
    expect(verified.body).not.toHaveProperty('user_key')
    expect(verified.headers.get('set-cookie')).toMatch(/^oc_session=/)
    const answer = (headers: Record<string, string>, consentId = verified.body.consent_id) =>
      call(stack, 'POST', '/v1/login/consent', { headers, body: { consent_id: consentId, budget: 50, window: 'day' } })
    const ofApp = await answer({ origin: 'https://app.example' })
    expect([ofApp.status, typeOf(ofApp)]).toEqual([403, 'origin_not_allowed'])
    expect((await answer(fromFrame(stack), `${verified.body.consent_id}x`)).status).toBe(400)
    const answers = await Promise.all(Array.from({ length: 5 }, () => answer(fromFrame(stack))))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400])
    const key = String(answers.find(({ status }) => status === 200)?.body.user_key)
    expect((await call(stack, 'GET', '/v1/keys', { key })).body.data).toMatchObject([
      { budget: 50, window: 'day', spent: 0 },
    ])
    const again = await signInTo(stack, other, email)
    expect(again.verified.body).toMatchObject({ user_key: expect.any(String), balance: 50 })
  })

  it('tells an app that signs its user in by itself what it might spend, and nothing of the account', async () => {
    const email = someone()
    await give(email, 700)
    const { loginId, code } = await askForCode(stack, other, email)
    const { body, headers } = await call(stack, 'POST', '/v1/login/verify', {
      headers: { origin: 'https://app.example', 'sec-fetch-site': 'cross-site' },
      body: { login_id: loginId, code },
    })
    expect(body).toMatchObject({ consent_required: true, balance: 500, email: null })
    expect(body).not.toHaveProperty('session_token')
    expect(headers.get('set-cookie')).toBeNull()
  })

  it('is the default for a page whose sdk.js knows none', async () => {
    const email = someone()
    await give(email, 700)
    const { loginId, code } = await askForCode(stack, app, email)
    const body = { login_id: loginId, code, sdk_protocol: 1 }
    const { user_key: key } = (await call(stack, 'POST', '/v1/login/verify', { headers: fromFrame(stack), body })).body
    expect((await call(stack, 'GET', '/v1/keys', { key: String(key) })).body.data).toMatchObject([
      { budget: 500, window: 'month' },
    ])
  })

  it('is one budget for all devices, which a purchase raises by what was bought, if the buyer says so', async () => {
    const email = someone()
    await give(email, 700)
    const [phone, laptop] = [await signInTo(stack, app, email, { budget: 10 }), await signInTo(stack, app, email)]
    const asked = await ask(phone.userKey)
    const charge = Number(asked.headers.get('opencredits-charge'))
    const left = (most: number) => ({ balance: Math.round((most - charge) * 1e6) / 1e6, held: 0 })
    for (const { userKey } of [phone, laptop]) expect(await balanceOf(stack, userKey)).toEqual(left(10))
    const inFrame = { ...fromFrame(stack), 'x-opencredits-session': laptop.sessionToken }
    const buy = async (more: object, headers: Record<string, string> = inFrame) => {
      const { body } = await call(stack, 'POST', '/v1/checkout/sessions', {
        key: laptop.userKey,
        headers,
        body: { publishable_key: app.publishable_key, amount: 5, ...more },
      })
      await stack.sandbox.stripe.control.pay(String(body.session_id))
      const read = () => call(stack, 'GET', `/v1/checkout/sessions/${body.session_id}`, { key: laptop.userKey })
      await until(async () => (await read()).body.status === 'complete')
      return (await read()).body
    }
    for (const more of [{ allow_app: false }, {}])
      expect(await buy(more)).toMatchObject({ balance: left(10).balance, credits_added: 500 })
    // An app has the key as well, and no session: it cannot say so for its user.
    expect(await buy({ allow_app: true }, {})).toMatchObject({ balance: left(10).balance, credits_added: 500 })
    expect(await buy({ allow_app: true })).toMatchObject({ balance: left(510).balance, credits_added: 500 })
    expect(await balanceOf(stack, laptop.userKey)).toEqual(left(510))
  })
})

describe('an app with a budget of 10', () => {
  it('spends at most 10 in 200 calls at once on two servers, with its new keys and the one that a guest had before, and a change of it holds at both within two seconds', async () => {
    const second = await stack.startAnother()
    const email = someone()
    const userId = await give(email, 10_000)
    const guest = await buyCredits(stack, app, 5)
    const signedIn = [
      await signInTo(stack, app, email, { budget: 10, key: guest.userKey }),
      await signInTo(stack, app, email),
    ]
    const keys = [...signedIn.map(({ userKey }) => userKey), guest.userKey]
    const urls = [`http://127.0.0.1:${stack.environment.PORT}`, second.url]
    const send = (index: number) =>
      fetch(`${urls[index % 2]}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-user-key': String(keys[Math.floor(index / 2) % 3]) },
        body: JSON.stringify({
          ...{ model: 'gpt-4o', max_tokens: 400 },
          messages: [{ role: 'user', content: 'Go [[sandbox: tokens=400 first-byte-delay=100]]' }],
        }),
      })
    const answers = await Promise.all(Array.from({ length: 200 }, (_, index) => send(index)))
    const served = answers.filter(({ status }) => status === 200)
    const refused = answers.filter(({ status }) => status === 402)
    expect(served.length).toBeGreaterThan(0)
    expect(refused.length).toBe(200 - served.length)
    const spent = served.reduce(
      (sum, { headers }) => sum + Math.round(Number(headers.get('opencredits-charge')) * 1e6),
      0,
    )
    expect(spent).toBeLessThanOrEqual(10_000_000)
    for (const key of keys) expect(Math.round((await balanceOf(stack, key)).balance * 1e6)).toBe(10_000_000 - spent)
    const [first = '', , last = ''] = keys
    const by = { userId }
    const change = (budget: number) => {
      const consent = { partnerId: app.id, changes: { budget: microcredits(budget * 1e6) }, by }
      return transact(store.db, (transaction) => changeConsent(transaction, consent, Date.now()))
    }
    const answerAt = async (url: string, key: string) => {
      const body = JSON.stringify({ model: 'gpt-4o', max_tokens: 50, messages: [{ role: 'user', content: 'Hi' }] })
      const headers = { 'content-type': 'application/json', 'x-user-key': key }
      return (await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body })).status
    }
    const everywhere = async (status: number) => {
      const changedAt = performance.now()
      for (const url of urls)
        for (const key of [first, last]) await holdsSoon(changedAt, async () => (await answerAt(url, key)) === status)
    }
    await change(1)
    await everywhere(402)
    await change(5_000)
    await everywhere(200)
    await transact(store.db, (transaction) => withdrawConsent(transaction, { partnerId: app.id, by }, Date.now()))
    await everywhere(401)
  })
})
