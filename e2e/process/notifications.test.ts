import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeMails, openMailBox } from '../mail-box.ts'
import type { PartnerKeys, Stack } from '../stack.ts'
import { balanceOf, call, until, verifyLedger } from './api-client.ts'
import { openPeopleStore, type PeopleStore } from './people-store.ts'
import { startProcessStack } from './process-stack.ts'
import { signInSession } from './session-client.ts'
import { signInTo } from './sign-in.ts'

/** Mails that nobody asked for: each comes once, and only to who wants it. */
let stack: Stack
let partner: PartnerKeys
let people: PeopleStore

const email = 'reader@example.com'

beforeAll(async () => {
  stack = await startProcessStack()
  partner = stack.createPartner({ name: 'Notes' })
  people = openPeopleStore(stack)
}, 60_000)

afterAll(async () => {
  await people.close()
  expect(verifyLedger(stack)).toMatchObject({ ok: true, openHolds: 0 })
  expect(stack.output()).not.toContain(email)
  await stack.close()
})

/** Mails to the reader, as they are read. */
const mailsOf = () =>
  stack
    .mails()
    .split(/^(?=From: )/m)
    .map(decodeMails)
    .filter((mail) => mail.includes(`To: ${email}`))

const countOf = (subject: string) => mailsOf().filter((mail) => mail.includes(`Subject: ${subject}`)).length

const subjects = {
  app: 'Notes can now spend your credits',
  signIn: 'New sign-in to your account',
  budget: 'Notes has used 9',
  low: 'Your credits are running low',
  empty: 'Your credits are used up',
} as const

/** Two jobs on a timer and an SMTP server are on the way. */
const mailed = (isTrue: () => Promise<boolean>) => until(isTrue, 60_000)

const counts = () => Object.fromEntries(Object.entries(subjects).map(([name, subject]) => [name, countOf(subject)]))

const spend = async (key: string, tokens: number) => {
  const content = `Hi [[sandbox: tokens=${tokens}]]`
  const body = { model: 'claude-opus-4-1', max_tokens: tokens, messages: [{ role: 'user', content }] }
  const answer = await call(stack, 'POST', '/v1/messages', { key, body })
  expect(answer.status).toBe(200)
}

async function personalKey(): Promise<string> {
  const headers = await signInSession(stack, email, { 'user-agent': 'Mozilla/5.0 Firefox/140.0' })
  return String((await call(stack, 'POST', '/v1/account/keys', { headers, body: { name: 'laptop' } })).body.key)
}

describe('notifications', () => {
  it('tell of a new app, a new browser, a used budget, a low and an empty balance: once each time', async () => {
    const { userKey } = await signInTo(stack, partner, email, { budget: 100, window: 'month' })
    const own = await personalKey()
    await people.give(email, 120)
    await mailed(async () => countOf(subjects.signIn) === 1 && countOf(subjects.app) === 1)
    // Opus costs 8.25 credits a thousand tokens here, the app's share included.
    await spend(userKey, 11_000)
    await mailed(async () => countOf(subjects.budget) === 1 && countOf(subjects.low) === 1)
    await spend(own, 100)
    await spend(own, 4_000)
    expect((await balanceOf(stack, own)).balance).toBeLessThan(1)
    await mailed(async () => countOf(subjects.empty) === 1)
    await people.give(email, 100)
    await spend(own, 8_000)
    await mailed(async () => countOf(subjects.low) === 2)
    expect(counts()).toEqual({ app: 1, signIn: 1, budget: 1, low: 2, empty: 1 })
    for (const mail of mailsOf().filter((one) => !/ is your code for /.test(one)))
      expect(mail).toMatch(/^List-Unsubscribe:\s+<http:\/\/oc\.localhost:\d+\/account\/settings#notifications>\r?$/im)
    expect(await people.db.selectFrom('mail_outbox').selectAll().execute()).toEqual([])
  }, 180_000)
})

describe('a mail that cannot be sent', () => {
  it('is tried again, tells the log no address, and is gone from the store once it was sent', async () => {
    const first = await openMailBox()
    const port = Number(new URL(first.smtpUrl).port)
    await first.close()
    const lonely = await startProcessStack({ SMTP_URL: first.smtpUrl })
    const store = openPeopleStore(lonely)
    const opened = await call(lonely, 'POST', '/v1/checkout/sessions', {
      body: { publishable_key: lonely.createPartner().publishable_key, amount: 10, locale: 'de-DE' },
    })
    await lonely.sandbox.stripe.control.pay(String(opened.body.session_id), { email })
    await until(async () => lonely.output().includes('a mail failed'))
    const [waiting] = await store.db.selectFrom('mail_outbox').selectAll().execute()
    expect(waiting).toMatchObject({ kind: 'receipt', tries: 1 })
    expect(JSON.stringify(waiting)).not.toMatch(/@|claim/)
    const second = await openMailBox(port)
    await store.db.updateTable('mail_outbox').set({ next_at_ms: 0 }).execute()
    await until(async () => decodeMails(second.text()).includes('Credits sichern'))
    await until(async () => (await store.db.selectFrom('mail_outbox').selectAll().execute()).length === 0)
    expect(lonely.output()).not.toContain(email)
    await second.close()
    await store.close()
    await lonely.close()
  })
})
