import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPepper } from '../../packages/server/src/keys/pepper.ts'
import { changeRole, removeMember } from '../../packages/server/src/members/change-members.ts'
import { invitationToken } from '../../packages/server/src/members/invitation-token.ts'
import { transact } from '../../packages/server/src/store/transact.ts'
import { decodeMails } from '../mail-box.ts'
import type { Stack } from '../stack.ts'
import { call, until, verifyLedger } from './api-client.ts'
import { answerOf, type MemberClient, signInMember } from './member-client.ts'
import { openPeopleStore, type PeopleStore } from './people-store.ts'
import { startProcessStack } from './process-stack.ts'
import { walletEnvironment } from './wallets.ts'

/** From an application to an app with members, and what several of them do at once. */

const operator = 'operator@example.com'
const application = {
  name: 'Acme Notes',
  website: 'https://acme.example',
  origins: ['https://app.example/', 'https://app.example', 'http://localhost:5173'],
  description: 'It writes notes.',
}

let stack: Stack
let store: PeopleStore
let owner: MemberClient
let appId: string

beforeAll(async () => {
  stack = await startProcessStack({ ...walletEnvironment, PARTNER_SIGNUP: 'approval', OPERATOR_EMAILS: operator })
  store = openPeopleStore(stack)
  owner = await signInMember(stack, store, 'owner@example.com')
}, 60_000)

afterAll(async () => {
  expect(verifyLedger(stack)).toMatchObject({ ok: true })
  await store.close()
  await stack.close()
})

const signIn = (email: string) => signInMember(stack, store, email)
const mailed = async (text: string) => {
  await until(async () => decodeMails(stack.mails()).includes(text))
  return decodeMails(stack.mails())
}
const decide = (...asked: readonly string[]) => JSON.parse(stack.cli('partner', ...asked, '--json'))
const priced = (key: unknown) => call(stack, 'GET', `/v1/credits/pricing?publishable_key=${key}`)

const pepper = createPepper(walletEnvironment.KEY_PEPPER)

/** Invites an address. @returns the invitation's id, of which the mail's link is derived. */
async function invite(email: string, role: string): Promise<string> {
  const invited = await owner.call('POST', `/v1/partner/invitations?app=${appId}`, { email, role })
  expect(answerOf(invited)).toBe('201')
  return String(invited.body.id)
}

async function join(email: string, role: string): Promise<MemberClient> {
  const member = await signIn(email)
  const token = invitationToken(pepper, await invite(email, role), 1)
  expect(answerOf(await member.call('POST', '/v1/partner/invitations/accept', { token }))).toBe('200')
  return member
}

async function membersOf(by: MemberClient): Promise<readonly Record<string, string>[]> {
  return (await by.call('GET', `/v1/partner/members?app=${appId}`)).body.data as Record<string, string>[]
}
const idOf = async (email: string) => (await membersOf(owner)).find((member) => member.email === email)?.id ?? ''

describe('an application', () => {
  it('waits with a test world that works, and is approved by the operator', async () => {
    const applied = await owner.call('POST', '/v1/partner/applications', application)
    expect(applied).toMatchObject({ status: 201, body: { state: 'pending', role: 'owner' } })
    appId = String(applied.body.id)
    const { publishable_key: live, test_publishable_key: test } = applied.body
    expect(await priced(live)).toMatchObject({
      ...{ status: 403, body: { error: { type: 'app_suspended', message: expect.stringContaining('pending') } } },
    })
    expect((await priced(test)).status).toBe(200)

    const endpoints = (livemode: boolean) =>
      owner.call('POST', `/v1/partner/webhook_endpoints?livemode=${livemode}`, { url: 'https://93.184.215.14/' })
    expect([answerOf(await endpoints(true)), answerOf(await endpoints(false))]).toEqual(['403 app_suspended', '201'])
    const asked = { email: 'somebody@example.com', role: 'viewer' }
    for (const livemode of [true, false])
      expect(answerOf(await owner.call('POST', `/v1/partner/invitations?livemode=${livemode}`, asked))).toBe(
        '403 app_suspended',
      )

    expect(await mailed(`partner approve ${appId}`)).toContain(`To: ${operator}`)
    expect(decide('applications')).toMatchObject([
      { id: appId, email: owner.email, origins: ['http://localhost:5173', 'https://app.example'] },
    ])
    expect(() => decide('suspend', appId, '--reason', 'no')).toThrow(/is pending/)
    decide('approve', appId, '--reason', 'Welcome aboard')
    await until(async () => (await priced(live)).status === 200)
  })

  it('is refused where its fields are wrong, and beyond what one account may have at once', async () => {
    const applicant = await signIn('many@example.com')
    const apply = (changes: object) =>
      applicant.call('POST', '/v1/partner/applications', { ...application, ...changes })
    for (const [changes, param] of [
      [{ website: 'http://acme.example' }, 'website'],
      [{ origins: ['https://app.example/path'] }, 'origins[0]'],
      [{ origins: Array.from({ length: 21 }, (_, index) => `https://a${index}.example`) }, 'origins'],
      [{ name: 'two\nlines' }, 'name'],
      [{ description: '' }, 'description'],
    ] as const)
      expect(await apply(changes)).toMatchObject({ status: 400, body: { error: { param } } })
    const description = 'It writes.\u001b[2J\npar_1  Trusted\n  applied    by a@bank.example'
    const answers = await Promise.all(Array.from({ length: 5 }, () => apply({ description })))
    expect(answers.map(answerOf).toSorted()).toEqual(['201', '201', '201', '409 conflict', '409 conflict'])
    // What an applicant writes neither steers the operator's terminal nor looks like another application.
    const printed = stack.cli('partner', 'applications')
    expect(printed).not.toContain('\u001b')
    expect(printed).not.toMatch(/^par_1 |^ {2}applied .*bank/m)
    decide('reject', String(answers.find(({ status }) => status === 201)?.body.id), '--reason', 'Not a real site')
    const { data } = (await applicant.call('GET', '/v1/partner/apps')).body as { data: Record<string, unknown>[] }
    expect(data.filter(({ state }) => state === 'rejected')).toMatchObject([{ state_reason: 'Not a real site' }])
    // Nobody is told of the decision on an app that is closed by then.
    expect(await mailed('Not a real site')).toContain('was not approved')
    // Closing an application opens no way around its approval.
    for (const { id } of data) expect(answerOf(await applicant.call('POST', `/v1/partner/close?app=${id}`))).toBe('200')
    const closed = (await applicant.call('GET', '/v1/partner/apps')).body.data as Record<string, unknown>[]
    for (const { state, publishable_key: key } of closed) {
      expect([state, (await priced(key)).status]).toEqual(['closed', 403])
    }
  })
})

describe('an invitation', () => {
  it('is for one address and one use, however often it is used at once', async () => {
    const [guest, other] = [await signIn('guest@example.com'), await signIn('other@example.com')]
    const id = await invite(guest.email, 'developer')
    const [first, token] = [invitationToken(pepper, id, 1), invitationToken(pepper, id, 2)]
    expect(await mailed(`/partner/invitations#${first}`)).toContain(`To: ${guest.email}`)
    expect(
      answerOf(await owner.call('POST', '/v1/partner/invitations', { email: 'GUEST@example.com', role: 'viewer' })),
    ).toBe('409 conflict')
    await owner.call('POST', `/v1/partner/invitations/${id}/resend`)
    const accept = (by: MemberClient, sent: string) =>
      by.call('POST', '/v1/partner/invitations/accept', { token: sent })
    expect(answerOf(await accept(guest, first))).toBe('404 not_found')
    expect(answerOf(await accept(other, token))).toBe('403 session_required')
    const answers = await Promise.all(Array.from({ length: 6 }, () => accept(guest, token)))
    expect(answers.map(answerOf).toSorted()).toEqual(['200', ...Array.from({ length: 5 }, () => '404 not_found')])
    expect((await membersOf(guest)).map(({ email, role }) => [email, role])).toEqual([
      [owner.email, 'owner'],
      [guest.email, 'developer'],
    ])
    expect(answerOf(await accept(other, token))).toBe('404 not_found')
  })
})

describe('a decision', () => {
  // After the invitations, so that nothing waits for the mails.
  it('is told to the owner by mail, in the operator’s words', async () => {
    expect(await mailed('Welcome aboard')).toContain('Acme Notes is approved')
  })
})

describe('several members at once', () => {
  it('are never two owners', async () => {
    const [ada, eve] = [await join('ada@example.com', 'admin'), await join('eve@example.com', 'admin')]
    const [adaId, eveId, ownId] = [await idOf(ada.email), await idOf(eve.email), await idOf(owner.email)]
    const handOver = (by: MemberClient, memberId: string) =>
      by.call('POST', `/v1/partner/owner?app=${appId}`, { member_id: memberId })
    const answers = await Promise.all([handOver(owner, adaId), handOver(owner, eveId)])
    expect(answers.map(answerOf).toSorted()).toEqual(['200', '403 insufficient_scope'])
    const owners = (await membersOf(ada)).filter(({ role }) => role === 'owner')
    expect(owners).toHaveLength(1)
    const next = owners[0]?.email === ada.email ? ada : eve
    expect(answerOf(await next.call('DELETE', '/v1/partner/members/me'))).toBe('409 conflict')
    expect(
      answerOf(await owner.call('DELETE', `/v1/partner/members/${next === ada ? adaId : eveId}?app=${appId}`)),
    ).toBe('409 conflict')
    expect(answerOf(await handOver(next, ownId))).toBe('200')
  })

  it('change nothing more once they are removed', async () => {
    const admin = await join('admin@example.com', 'admin')
    const guestId = await idOf('guest@example.com')
    const adminId = await idOf(admin.email)
    const change = (role: string) => admin.call('PATCH', `/v1/partner/members/${guestId}`, { role })
    expect(answerOf(await change('finance'))).toBe('200')
    const from = { appId, requestId: null, address: null }
    let late: Promise<unknown> | undefined
    // The admin's request is past the door while the removal is not committed yet.
    await transact(store.db, async (transaction) => {
      await removeMember(transaction, { by: { ...from, userId: owner.userId }, memberId: adminId }, Date.now())
      const by = { ...from, userId: admin.userId }
      late = transact(store.db, (other) => changeRole(other, { by, memberId: guestId, role: 'viewer' }, Date.now()))
      late.catch(() => {})
      await new Promise((wait) => setTimeout(wait, 100))
    })
    await expect(late).rejects.toMatchObject({ code: 'not_found' })
    expect(answerOf(await change('developer'))).toBe('404 not_found')
    const { body } = await owner.call('GET', `/v1/partner/audit_log?app=${appId}&limit=200`)
    const log = body.data as { action: string; actor: object }[]
    const actorsOf = (name: string) => log.filter(({ action }) => action === name).map(({ actor }) => actor)
    expect(actorsOf('member.removed')).toEqual([{ kind: 'member', name: owner.email }])
    expect(actorsOf('member.role_changed')).toEqual([{ kind: 'former_member', name: null }])
  })
})

describe('an admin', () => {
  it('who may invite nobody any more has no open invitations', async () => {
    const [admin, friend] = [await join('demoted@example.com', 'admin'), await signIn('friend@example.com')]
    const asked = { email: friend.email, role: 'admin' }
    const { id } = (await admin.call('POST', `/v1/partner/invitations?app=${appId}`, asked)).body
    const path = `/v1/partner/members/${await idOf(admin.email)}?app=${appId}`
    expect(answerOf(await owner.call('PATCH', path, { role: 'viewer' }))).toBe('200')
    const token = invitationToken(pepper, String(id), 1)
    expect(answerOf(await friend.call('POST', '/v1/partner/invitations/accept', { token }))).toBe('404 not_found')
  })
})

describe('an owner', () => {
  it('goes only after handing the app over or closing it, and a suspended app is read only', async () => {
    decide('suspend', appId, '--reason', 'Complaints')
    const invitation = { email: 'late@example.com', role: 'viewer' }
    expect(answerOf(await owner.call('POST', `/v1/partner/invitations?app=${appId}`, invitation))).toBe(
      '403 app_suspended',
    )
    expect(answerOf(await owner.call('GET', `/v1/partner/audit_log?app=${appId}`))).toBe('200')
    expect(await owner.call('POST', '/v1/account/delete')).toMatchObject({
      status: 409,
      body: { error: { message: expect.stringContaining('You own the app Acme Notes') } },
    })
    expect(answerOf(await owner.call('POST', `/v1/partner/close?app=${appId}`))).toBe('200')
    expect(answerOf(await owner.call('POST', '/v1/account/delete'))).toBe('200')
    const rows = await store.db.selectFrom('partners').select('email').where('id', '=', appId).execute()
    expect(rows).toEqual([{ email: '' }])
  })
})

describe('an app that the operator has made', () => {
  it('becomes that of the account with its address, at its sign-in', async () => {
    const made = stack.createPartner({ name: 'By command' })
    const row = await store.db
      .selectFrom('partners')
      .select('email')
      .where('id', '=', made.id)
      .executeTakeFirstOrThrow()
    const maker = await signIn(row.email)
    expect((await maker.call('GET', '/v1/partner/apps')).body.data).toMatchObject([{ id: made.id, role: 'owner' }])
    expect((await maker.call('GET', '/v1/session')).body.roles).toEqual(['user', 'partner'])
  })
})
