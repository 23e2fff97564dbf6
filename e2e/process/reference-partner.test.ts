import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPepper } from '../../packages/server/src/keys/pepper.ts'
import { invitationToken } from '../../packages/server/src/members/invitation-token.ts'
import { operations } from '../../packages/server/src/reference/operations.ts'
import { webhookCalls } from '../../packages/server/src/reference/webhook-operations.ts'
import type { Stack } from '../stack.ts'
import { createTold } from './account-told.ts'
import { call } from './api-client.ts'
import { type MemberClient, signInMember } from './member-client.ts'
import { openPeopleStore, type PeopleStore } from './people-store.ts'
import { startProcessStack } from './process-stack.ts'
import { walletEnvironment } from './wallets.ts'

/** What the reference tells of `/v1/partner/…` against the server: an answer has what is told of it, and nothing else. */

const { told, seen } = createTold()
const partner = '/v1/partner'
/** A pixel. */
const image = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

let stack: Stack
let store: PeopleStore
let owner: MemberClient
let app: { readonly id: string; readonly test_publishable_key: string }

beforeAll(async () => {
  stack = await startProcessStack({ ...walletEnvironment, PARTNER_SIGNUP: 'open' })
  store = openPeopleStore(stack)
  owner = await signInMember(stack, store, 'owner@example.com')
  const application = { name: 'Poetry', website: 'https://app.example', origins: [], description: 'It rhymes.' }
  const { body } = await told(owner, 'POST', `${partner}/applications`, application)
  app = { id: String(body.id), test_publishable_key: String(body.test_publishable_key) }
})

afterAll(async () => {
  await store.close()
  await stack.close()
})

/** One call of the owner, in one of the app's worlds. @param as the path as the reference has it. */
function asked(method: string, path: string, { body, as = path, livemode = true }: Asked = {}) {
  return told(owner, method, `${partner}${path}?app=${app.id}&livemode=${livemode}`, body, `${partner}${as}`)
}
interface Asked {
  readonly body?: unknown
  readonly as?: string
  readonly livemode?: boolean
}

/** Invites an address. @returns the one who has accepted. */
async function join(email: string): Promise<MemberClient> {
  const member = await signInMember(stack, store, email)
  const { body } = await asked('POST', '/invitations', { body: { email, role: 'viewer' } })
  const id = String(body.id)
  await asked('POST', `/invitations/${id}/resend`, { as: '/invitations/{id}/resend' })
  const token = invitationToken(createPepper(walletEnvironment.KEY_PEPPER), id, 2)
  await told(member, 'POST', `${partner}/invitations/read`, { token })
  await told(member, 'POST', `${partner}/invitations/accept`, { token })
  return member
}

async function idOf(email: string): Promise<string> {
  const { body } = await asked('GET', '/members')
  const members = body.data as readonly { readonly id: string; readonly email: string }[]
  return members.find((member) => member.email === email)?.id ?? ''
}

describe('what is told of /v1/partner', () => {
  it('is so of settings, the logo, models and keys', async () => {
    await told(owner, 'GET', `${partner}/apps`)
    await asked('GET', '/app')
    await asked('PATCH', '/app', { body: { accent_color: '#3366ff', suggested_limit: { budget: 5, window: 'day' } } })
    await asked('PUT', '/app/logo', { body: { image } })
    await asked('DELETE', '/app/logo')
    await asked('GET', '/models')
    await asked('POST', '/publishable_key/roll', { body: { grace_seconds: 60 } })
    const { body } = await asked('POST', '/keys', { body: { name: 'Reader', scopes: ['usage:read'] } })
    const [path, as] = [`/keys/${body.id}`, '/keys/{id}']
    await asked('PATCH', path, { as, body: { name: 'Accounts' } })
    await asked('POST', `${path}/roll`, { as: `${as}/roll`, body: { grace_seconds: 60 } })
    await asked('GET', '/keys')
    await asked('DELETE', path, { as })
  })

  it('is so of what is tried out in the test world, and of its figures', async () => {
    const livemode = false
    await asked('GET', '/test_clock', { livemode })
    await asked('POST', '/test_clock/advance', { livemode, body: { seconds: 60 } })
    const open = async () => {
      const body = { publishable_key: app.test_publishable_key, amount: 10 }
      return (await call(stack, 'POST', '/v1/checkout/sessions', { body })).body
    }
    const helpers = '/test_helpers/purchases'
    const act = (session: unknown, name: string, body: object = {}) =>
      asked('POST', `${helpers}/${session}/${name}`, { as: `${helpers}/{id}/${name}`, livemode, body })
    const { session_id: paid, user_key: key } = await open()
    await act(paid, 'decline')
    await act(paid, 'pay')
    await act(paid, 'refund', { amount_minor: 100 })
    await act(paid, 'dispute', { amount_minor: 100 })
    await act(paid, 'close_dispute', { status: 'won' })
    const { session_id: later } = await open()
    await act(later, 'pay_later')
    await act(later, 'settle')
    await act((await open()).session_id, 'expire')
    await asked('GET', `${helpers}/${paid}`, { as: `${helpers}/{id}`, livemode })

    const chat = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] }
    expect((await call(stack, 'POST', '/v1/chat/completions', { key: String(key), body: chat })).status).toBe(200)
    const listed = async (path: string) =>
      (await asked('GET', path, { livemode })).body.data as readonly Record<string, unknown>[]
    for (const path of ['/earnings', '/conversion', '/what_if', '/setup', '/setup/log'])
      await asked('GET', path, { livemode })
    const [[request], [user]] = [await listed('/requests'), await listed('/users')]
    await asked('GET', `/requests/${request?.request_id}`, { as: '/requests/{id}', livemode })
    await asked('GET', `/users/${user?.id}`, { as: '/users/{id}', livemode })
  })

  it('is so of members, from their invitation to their end, and of the end of an app', async () => {
    const leaving = await join('leaving@example.com')
    await told(leaving, 'DELETE', `${partner}/members/me?app=${app.id}`, undefined, `${partner}/members/me`)
    await join('removed@example.com')
    const removed = `/members/${await idOf('removed@example.com')}`
    await asked('PATCH', removed, { as: '/members/{id}', body: { role: 'developer' } })
    await asked('DELETE', removed, { as: '/members/{id}' })
    const { body } = await asked('POST', '/invitations', { body: { email: 'nobody@example.com', role: 'admin' } })
    await asked('DELETE', `/invitations/${body.id}`, { as: '/invitations/{id}' })
    await asked('GET', '/audit_log')
    const heir = await join('heir@example.com')
    await asked('POST', '/owner', { body: { member_id: await idOf('heir@example.com') } })
    await told(heir, 'POST', `${partner}/close?app=${app.id}`, {}, `${partner}/close`)
  })

  it('was tried for every operation of it, but for webhooks, which have a test of their own', () => {
    const all = operations.filter(({ path, answer }) => path.startsWith(`${partner}/`) && answer !== undefined)
    const names = all.filter((one) => !webhookCalls.includes(one)).map(({ method, path }) => `${method} ${path}`)
    expect(names.filter((name) => !seen.has(name))).toEqual([])
  })
})
