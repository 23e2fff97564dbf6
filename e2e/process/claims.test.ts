import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { claimCalls } from '../../packages/server/src/reference/claim-operations.ts'
import { decodeMails } from '../mail-box.ts'
import type { AnotherServer, PartnerKeys, Stack } from '../stack.ts'
import { type ApiAnswer, balanceOf, call, direct, until, verifyLedger } from './api-client.ts'
import { startProcessStack } from './process-stack.ts'
import { cookieOf, signInSession } from './session-client.ts'

/** What a guest bought, and the account of the address that was typed at Stripe: on two servers of one store. */
const operator = 'operator@example.com'
let stack: Stack
let other: AnotherServer
let partner: PartnerKeys

beforeAll(async () => {
  stack = await startProcessStack({ OPERATOR_EMAILS: operator })
  other = await stack.startAnother()
  partner = stack.createPartner({ name: 'Notes & <b>more' })
}, 60_000)

afterAll(async () => {
  expect(verifyLedger(stack)).toMatchObject({ ok: true, openHolds: 0, differences: [] })
  expect(stack.output()).not.toMatch(/@example\.com/)
  await stack.close()
})

const newEmail = () => `buyer-${randomUUID().slice(0, 8)}@example.com`

interface Guest {
  readonly key: string
  readonly sessionId: string
}

async function buy(email: string, { key, amount = 10 }: { key?: string; amount?: number } = {}): Promise<Guest> {
  const body = { publishable_key: partner.publishable_key, amount }
  const opened = await call(stack, 'POST', '/v1/checkout/sessions', key === undefined ? { body } : { key, body })
  const bought = { key: String(opened.body.user_key), sessionId: String(opened.body.session_id) }
  await stack.sandbox.stripe.control.pay(bought.sessionId, { email })
  await until(async () => (await checkout(bought)).body.status === 'complete')
  return bought
}

const checkout = ({ key, sessionId }: Guest) => call(stack, 'GET', `/v1/checkout/sessions/${sessionId}`, { key })

async function spend(key: string, directives = ''): Promise<number> {
  const body = { model: 'gpt-4o', messages: [{ role: 'user', content: `Hi ${directives}` }] }
  const answer = await call(stack, 'POST', '/v1/chat/completions', { key, body })
  expect(answer.status).toBe(200)
  return Number(answer.headers.get('opencredits-charge'))
}

/** A browser on our own pages. */
interface Browser {
  readonly cookie: string
  get(path: string): Promise<ApiAnswer>
  post(path: string, body: object, server?: string): Promise<ApiAnswer>
}

const ownPage = () => ({ origin: stack.url })

function browserWith(cookie: string): Browser {
  return {
    cookie,
    get: async (path) => asTold('get', path, await call(stack, 'GET', path, { headers: { cookie } })),
    async post(path, body, server = direct(stack)) {
      const headers = { cookie, 'content-type': 'application/json', ...ownPage() }
      const response = await fetch(`${server}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
      const answer = { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) }
      return asTold('post', path, answer)
    },
  }
}

/** A good answer has what the reference tells of it, and nothing else. */
function asTold(method: string, path: string, answer: ApiAnswer): ApiAnswer {
  const told = claimCalls.find((one) => one.method === method && one.path === path)?.answer
  if (told !== undefined && answer.status === 200) expect(told.parse(answer.body)).toEqual(answer.body)
  return answer
}

const signIn = async (email: string) => browserWith((await signInSession(stack, email)).cookie)

/** Each of them alone: the mail of another guest may come right after. */
const mailsTo = (email: string) =>
  stack
    .mails()
    .split(/^From: /m)
    .filter((mail) => mail.includes(`To: ${email}`))
    .map(decodeMails)

const linksTo = (email: string) => mailsTo(email).flatMap((mail) => /\/account\/claim#([\w-]+)/.exec(mail)?.[1] ?? [])

async function linkTo(email: string): Promise<string> {
  await until(async () => linksTo(email).length > 0)
  return linksTo(email).at(-1) ?? ''
}

async function claimableOf(browser: Browser) {
  const { body } = await browser.get('/v1/account/claims')
  return body.data as { purchase_id: string; credits: number; app_name: string; amount: number }[]
}

describe('a guest who has cleared the browser', () => {
  it('signs in with the address of the payment, is offered what is left, and gets exactly that, once', async () => {
    const email = newEmail()
    const guest = await buy(email.toUpperCase())
    expect((await checkout(guest)).body).toMatchObject({ email_hint: 'b•••@example.com' })
    const left = Math.round((1000 - (await spend(guest.key))) * 1e6) / 1e6
    const browser = await signIn(email)
    const offered = await claimableOf(browser)
    expect(offered).toMatchObject([{ credits: left, app_name: 'Notes & <b>more', amount: 10, currency: 'usd' }])
    const body = { purchase_id: offered[0]?.purchase_id }
    const answers = await Promise.all(
      [direct(stack), other.url, direct(stack), other.url].map((server) =>
        browser.post('/v1/account/claims', body, server),
      ),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409])
    expect(answers.find(({ status }) => status === 200)?.body).toEqual({
      purchase_ids: [body.purchase_id],
      credits: left,
      balance: left,
      claimable: [],
    })
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ error: { type: 'claim_refused' } })
    // The page that still has the guest's key spends what came along, and nothing else.
    expect((await balanceOf(stack, guest.key)).balance).toBe(left)
    expect(await claimableOf(browser)).toEqual([])
    expect((await checkout(guest)).body.email_hint).toBeUndefined()
  })

  it('adds to an account that has credits; a call in flight is charged to what came along', async () => {
    const email = newEmail()
    stack.cli('credits', 'grant', '--user', email, '--credits', '70', '--json')
    const guest = await buy(email)
    const running = spend(guest.key, '[[sandbox: tokens=50 first-byte-delay=1500]]')
    await until(async () => (await balanceOf(stack, guest.key)).held > 0)
    const browser = await signIn(email)
    const [purchase] = await claimableOf(browser)
    const claimed = await browser.post('/v1/account/claims', { purchase_id: purchase?.purchase_id }, other.url)
    expect(claimed).toMatchObject({ status: 200, body: { credits: 1000 } })
    const left = Math.round((1070 - (await running)) * 1e6) / 1e6
    const overview = JSON.parse(stack.cli('credits', 'grant', '--user', email, '--credits', '1', '--json'))
    expect(overview.balance).toBe(Math.round((left + 1) * 1e6) / 1e6)
  })

  it('is offered each purchase of a wallet, and one claim brings all of them', async () => {
    const email = newEmail()
    const first = await buy(email)
    await buy(email, { key: first.key, amount: 5 })
    const browser = await signIn(email)
    const offered = await claimableOf(browser)
    expect(offered.map(({ credits }) => credits)).toEqual([500, 1000])
    const { body } = await browser.post('/v1/account/claims', { purchase_id: offered[1]?.purchase_id })
    expect(body).toMatchObject({ credits: 1500, balance: 1500, claimable: [] })
    expect(body.purchase_ids).toHaveLength(2)
  })

  it('gets at most what was paid with the own address from a wallet that others have paid into', async () => {
    const [email, stranger] = [newEmail(), newEmail()]
    const mine = await buy(email)
    await buy(stranger, { key: mine.key, amount: 20 })
    const spent = await spend(mine.key)
    const browser = await signIn(email)
    const [purchase] = await claimableOf(browser)
    expect(purchase).toMatchObject({ credits: 1000 })
    const { body } = await browser.post('/v1/account/claims', { purchase_id: purchase?.purchase_id })
    expect(body).toMatchObject({ credits: 1000, balance: 1000 })
    expect((await balanceOf(stack, mine.key)).balance).toBe(Math.round((2000 - spent) * 1e6) / 1e6)
    const [theirs] = await claimableOf(await signIn(stranger))
    expect(theirs?.credits).toBe(Math.round((2000 - spent) * 1e6) / 1e6)
  })
})

describe('who has not paid', () => {
  it('is offered nothing, and cannot claim by the id of the purchase', async () => {
    const email = newEmail()
    const guest = await buy(email)
    const owner = await signIn(email)
    const [purchase] = await claimableOf(owner)
    const stranger = await signIn(newEmail())
    expect(await claimableOf(stranger)).toEqual([])
    const body = { purchase_id: purchase?.purchase_id }
    expect(await stranger.post('/v1/account/claims', body)).toMatchObject({
      status: 404,
      body: { error: { type: 'not_found' } },
    })
    expect((await browserWith('').post('/v1/account/claims', body)).status).toBe(401)
    const foreign = { origin: 'https://evil.example', 'content-type': 'application/json', cookie: owner.cookie }
    expect((await call(stack, 'POST', '/v1/account/claims', { body, headers: foreign })).status).toBe(403)
    expect((await balanceOf(stack, guest.key)).balance).toBe(1000)
  })

  it('gets nothing after a refund or a dispute, neither by the offer nor by the link, which stays unused', async () => {
    for (const undo of ['refund', 'dispute'] as const) {
      const email = newEmail()
      const guest = await buy(email)
      const browser = await signIn(email)
      const [purchase] = await claimableOf(browser)
      const token = await linkTo(email)
      await stack.sandbox.stripe.control[undo](guest.sessionId)
      await until(async () => (await balanceOf(stack, guest.key)).balance === 0)
      expect(await claimableOf(browser)).toEqual([])
      const refused = { status: 409, body: { error: { type: 'claim_refused' } } }
      const body = { purchase_id: purchase?.purchase_id }
      expect(await browser.post('/v1/account/claims', body)).toMatchObject(refused)
      const byLink = await browserWith('').post('/v1/claims', { token })
      expect(byLink).toMatchObject(refused)
      expect(byLink.headers.getSetCookie()).toEqual([])
    }
  })
})

describe('the link in a guest’s receipt', () => {
  it('signs in and adds the purchase, once, on whichever server; opening it does nothing', async () => {
    const email = newEmail()
    const guest = await buy(email)
    const token = await linkTo(email)
    const receipt = mailsTo(email).at(-1) ?? ''
    expect(receipt).toContain('$10.00')
    expect(receipt).toMatch(/https:\/\/pay\.stripe\.com\/receipts\//)
    expect(receipt).toContain('Notes &amp; &lt;b&gt;more')
    expect(receipt).not.toMatch(/list-unsubscribe/i)
    for (const method of ['GET', 'HEAD'])
      expect((await fetch(`${direct(stack)}/v1/claims?token=${token}`, { method })).status).toBe(404)
    expect((await call(stack, 'POST', '/v1/claims', { body: { token } })).status).toBe(403)
    const answers = await Promise.all(
      [direct(stack), other.url, other.url].map((server) => browserWith('').post('/v1/claims', { token }, server)),
    )
    const won = answers.filter(({ status }) => status === 200)
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 404, 404])
    expect(won[0]?.body).toMatchObject({ user: { email }, roles: ['user'], credits: 1000, balance: 1000 })
    const [signedIn] = won.map((answer) => browserWith(cookieOf(answer)))
    expect((await signedIn?.get('/v1/session'))?.body).toMatchObject({ user: { email } })
    expect(await browserWith('').post('/v1/claims', { token })).toMatchObject({
      status: 404,
      body: { error: { type: 'claim_link_invalid', param: 'token' } },
    })
    expect((await balanceOf(stack, guest.key)).balance).toBe(1000)
  })

  it('does not sign an operator in', async () => {
    await buy(operator)
    const refused = await browserWith('').post('/v1/claims', { token: await linkTo(operator) })
    expect(refused).toMatchObject({ status: 409, body: { error: { type: 'claim_refused' } } })
    expect(refused.headers.getSetCookie()).toEqual([])
  })

  it('makes nobody the owner of an app, and opens no console', async () => {
    const email = newEmail()
    const flags = ['--name', 'Orphan', '--email', email, '--referral-rate', '0.1', '--json']
    const { id } = JSON.parse(stack.cli('partner', 'create', ...flags))
    await buy(email)
    const byLink = browserWith(cookieOf(await browserWith('').post('/v1/claims', { token: await linkTo(email) })))
    const paths = ['/v1/partner/apps', `/v1/partner/app?app=${id}`]
    const asked = () => Promise.all(paths.map(async (path) => (await byLink.get(path)).status))
    expect(await asked()).toEqual([401, 401])
    expect((await (await signIn(email)).get('/v1/partner/apps')).body.data).toMatchObject([{ id, role: 'owner' }])
    expect(await asked()).toEqual([401, 401])
  })

  it('comes to signed-in buyers as a link to their account', async () => {
    const email = newEmail()
    await buy(email)
    const browser = await signIn(email)
    const page = JSON.parse(
      stack.cli('credits', 'grant', '--user', email, '--credits', '1', '--partner', partner.id, '--json'),
    )
    const typed = newEmail()
    await buy(typed, { key: page.user_key, amount: 7 })
    await until(async () => decodeMails(stack.mails()).includes('$7.00'))
    const mail = mailsTo(email).find((one) => one.includes('$7.00')) ?? ''
    expect(mail).toContain('Notes')
    expect(mail).not.toContain('/account/claim')
    expect(stack.mails()).not.toContain(typed)
    expect(await claimableOf(browser)).toHaveLength(1)
  })
})

describe('a code for the address of a purchase', () => {
  it('is mailed for who has the guest’s key, and to no other', async () => {
    const email = newEmail()
    const guest = await buy(email)
    const wish = { publishable_key: partner.publishable_key, session_id: guest.sessionId }
    const asked = await call(stack, 'POST', '/v1/login/codes', { body: wish, key: guest.key })
    expect(asked).toMatchObject({ status: 200, body: { login_id: expect.any(String) } })
    expect(JSON.stringify(asked.body)).not.toContain('@')
    expect(await stack.codeFor(email)).toMatch(/^\d{8}$/)
    const another = await buy(newEmail())
    for (const key of [another.key, undefined]) {
      const refused = await call(stack, 'POST', '/v1/login/codes', {
        body: wish,
        ...(key === undefined ? {} : { key }),
      })
      expect(refused.status).toBe(key === undefined ? 401 : 404)
    }
  })
})
