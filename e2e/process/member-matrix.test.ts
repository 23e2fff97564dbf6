import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DatabaseTransaction } from '../../packages/server/src/store/open-database.ts'
import { transact } from '../../packages/server/src/store/transact.ts'
import { findOrCreateAccount } from '../../packages/server/src/users/find-user.ts'
import type { PartnerKeys, Stack } from '../stack.ts'
import { call } from './api-client.ts'
import type { MatrixRow } from './authorisation-cells.ts'
import { addSession, makeCast } from './cast.ts'
import { answerOf, signInMember } from './member-client.ts'
import { type AppState, appStates, expectedOf, type MemberCell, type MemberRole, memberRoles } from './member-matrix.ts'
import { partnerRows } from './partner-rows.ts'
import { openPeopleStore, type PeopleStore } from './people-store.ts'
import { startProcessStack } from './process-stack.ts'
import { fromFrame } from './sign-in.ts'
import { walletEnvironment } from './wallets.ts'

/** What members of every role are answered, in apps of every state and in both worlds, and what other sites' pages are. */
let stack: Stack
let store: PeopleStore
let own: PartnerKeys

beforeAll(async () => {
  stack = await startProcessStack({ ...walletEnvironment, ADDRESS_REQUESTS_PER_MINUTE: '100000' })
  own = stack.createPartner()
  store = openPeopleStore(stack)
}, 60_000)

afterAll(async () => {
  await store.close()
  await stack.close()
})

/** Every state and world for the owner; each role in an app that is live; and two that may little, in one that is not. */
const cells: readonly MemberCell[] = [
  ...appStates.flatMap((state) => [true, false].map((livemode) => ({ role: 'owner', state, livemode }) as const)),
  ...memberRoles.slice(1).map((role) => ({ role, state: 'approved', livemode: true }) as const),
  { role: 'developer', state: 'suspended', livemode: true },
  { role: 'viewer', state: 'pending', livemode: false },
]

interface Company {
  readonly cookies: Readonly<Record<MemberRole | 'stranger', string>>
  /** By state and world: a route that changes an app meets each once. */
  readonly apps: ReadonlyMap<string, string>
}

const nameOf = (state: AppState, livemode: boolean) => `${state} ${livemode ? 'live' : 'test'}`

/** Five members of ten apps, and somebody who is a member of none. */
async function makeCompany(): Promise<Company> {
  return transact(store.db, async (transaction) => {
    const people = await Promise.all([...memberRoles, 'stranger' as const].map((role) => addPerson(transaction, role)))
    const apps = new Map<string, string>()
    for (const state of appStates)
      for (const livemode of [true, false]) apps.set(nameOf(state, livemode), await addApp(transaction, state, people))
    const cookies = Object.fromEntries(people.map(({ role, cookie }) => [role, cookie]))
    return { cookies: cookies as Company['cookies'], apps }
  })
}

async function addPerson(transaction: DatabaseTransaction, role: MemberRole | 'stranger') {
  const account = { email: `${randomUUID()}@example.com`, livemode: true }
  const userId = await findOrCreateAccount(transaction, account, Date.now())
  const { token } = await addSession(transaction, userId, Date.now() + 86_400_000)
  return { role, userId, cookie: `oc_session=${token}` }
}

async function addApp(
  transaction: DatabaseTransaction,
  state: AppState,
  people: Awaited<ReturnType<typeof addPerson>>[],
): Promise<string> {
  const id = `par_${randomUUID()}`
  const common = { name: 'App', email: '', share_basis_points: 1000, created_at_ms: 1, updated_at_ms: 1, state }
  const isLive = state === 'approved' ? 1 : 0
  const isTest = state === 'approved' || state === 'pending' ? 1 : 0
  const live = { id, livemode: 1, live_partner_id: null, publishable_key: `oc_pk_${id}`, is_active: isLive }
  const test = { id: `${id}_test`, livemode: 0, live_partner_id: id, publishable_key: `oc_pk_test_${id}` }
  for (const row of [live, { ...test, is_active: isTest }])
    await transaction
      .insertInto('partners')
      .values({ ...common, ...row })
      .execute()
  for (const { role, userId } of people)
    if (role !== 'stranger')
      await transaction
        .insertInto('partner_members')
        .values({
          id: `mem_${randomUUID()}`,
          partner_id: id,
          user_id: userId,
          role,
          created_at_ms: 1,
          updated_at_ms: 1,
        })
        .execute()
  return id
}

async function ask(route: string, row: MatrixRow, headers: Record<string, string>, query: string) {
  const [method = '', template = ''] = route.split(' ')
  const asked = row.ask === undefined ? {} : ((await row.ask({ stack, app: own, cast: noCast })) ?? {})
  const path = `${template.replace('{id}', asked.id ?? 'none')}?${query}`
  const body = method === 'get' ? undefined : (asked.body ?? {})
  return call(stack, method.toUpperCase(), path, { headers, ...(body === undefined ? {} : { body }) })
}

/** The rows of partners make nothing for a user. */
const noCast = { userId: '', email: '', headers: {}, ids: {} } as never

const memberRows = Object.entries(partnerRows).filter(([, row]) => row.member !== undefined)

describe('a member', () => {
  it('is thought of in every route of an app', () => {
    const apart = Object.entries(partnerRows).flatMap(([route, { member }]) => (member === undefined ? [route] : []))
    expect(apart).toEqual([
      ...['get /v1/partner/apps', 'post /v1/partner/applications'],
      ...['post /v1/partner/invitations/read', 'post /v1/partner/invitations/accept'],
    ])
  })

  it.each(memberRows)('%s', async (route, row) => {
    const { cookies, apps } = await makeCompany()
    const headersOf = (role: MemberRole | 'stranger') => ({ ...fromFrame(stack), cookie: cookies[role] })
    const answers: Record<string, string> = {}
    const expected: Record<string, string> = {}
    for (const cell of cells) {
      const { role, state, livemode } = cell
      const app = apps.get(nameOf(state, livemode)) ?? ''
      const name = `${role} ${nameOf(state, livemode)}`
      answers[name] = answerOf(await ask(route, row, headersOf(role), `app=${app}&livemode=${livemode}`))
      if (row.member !== undefined) expected[name] = expectedOf(route.split(' ')[0] ?? '', row.member, cell)
    }
    expect(answers).toEqual(expected)

    const app = apps.get('approved live') ?? ''
    // An app of others is as unknown as one that is not.
    const strange = await ask(route, row, headersOf('stranger'), `app=${app}`)
    const unknown = await ask(route, row, headersOf('owner'), 'app=par_none')
    const texts = [strange, unknown].map(({ body }) => (body.error as { message?: string } | undefined)?.message)
    expect(texts).toEqual(['There is no such app of yours.', 'There is no such app of yours.'])

    const key = { authorization: `Bearer ${own.secret_key}` }
    for (const query of [`app=${app}`, 'livemode=false', 'livemode=maybe'])
      expect([query, answerOf(await ask(route, row, key, query))]).toEqual([
        query,
        row.cells.partnerKey === '403 insufficient_scope' && row.member?.permission !== 'app:read'
          ? '403 insufficient_scope'
          : '400 invalid_request',
      ])
    if (!route.startsWith('get ')) await refuseForeignPages(route, row, cookies.owner, `app=${app}`)
  })
})

/** What another site's page could send with a member's cookie. */
async function refuseForeignPages(route: string, row: MatrixRow, cookie: string, query: string): Promise<void> {
  const answers = await Promise.all(
    [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      {},
      { ...fromFrame(stack), 'content-type': 'text/plain' },
    ].map(async (headers) => answerOf(await ask(route, row, { cookie, ...headers }, query))),
  )
  const foreign = '403 origin_not_allowed'
  expect(answers).toEqual([foreign, foreign, foreign, foreign, '415 unsupported_media_type'])
}

describe('what an app is told', () => {
  it('has nothing of its users, and nothing of other apps, in any answer or file', async () => {
    const other = stack.createPartner({ name: 'Rival of nobody' })
    const rival = { email: 'rival@example.com' }
    await store.db.updateTable('partners').set(rival).where('id', '=', other.id).execute()
    const cast = await makeCast(store, [own, other], fromFrame(stack))
    const prompt = 'Canary prompt elderberry'
    const say = async (headers: Readonly<Record<string, string>>) => {
      const body = { model: 'gpt-4o', max_tokens: 5, messages: [{ role: 'user', content: prompt }] }
      const answer = await call(stack, 'POST', '/v1/chat/completions', { headers, body })
      expect(answer.status).toBe(200)
      return String(answer.headers.get('request-id'))
    }
    const [requestId, otherRequestId] = [await say(cast.headers.appKey), await say(cast.headers.otherAppsKey)]
    const address = '203.0.113.77'
    await store.db.updateTable('keys').set({ last_used_address: address }).where('user_id', '=', cast.userId).execute()
    const { email } = await store.db
      .selectFrom('partners')
      .select('email')
      .where('id', '=', own.id)
      .executeTakeFirstOrThrow()
    const maker = await signInMember(stack, store, email)
    expect((await maker.call('GET', '/v1/partner/apps')).body.data).toMatchObject([{ id: own.id, role: 'owner' }])
    const users = (await maker.call('GET', '/v1/partner/users')).body.data as { id: string }[]
    const ids = [requestId, users[0]?.id ?? 'none', 'none']

    const secrets = [
      rival.email,
      cast.email,
      cast.userId,
      address,
      prompt,
      other.id,
      'Rival of nobody',
      otherRequestId,
      own.secret_key,
    ]
    const keys = [cast.headers.appKey, cast.headers.otherAppsKey, cast.headers.personalKey].flatMap(
      Object.values<string>,
    )
    const told: string[] = []
    for (const route of Object.keys(partnerRows).filter((name) => name.startsWith('get ')))
      for (const id of route.includes('{id}') ? ids : ['none'])
        for (const livemode of [true, false]) {
          const path = `${route.slice(4).replace('{id}', id)}?app=${own.id}&livemode=${livemode}`
          const { body } = await maker.call('GET', path)
          const text = JSON.stringify(body)
          told.push(...[...secrets, ...keys].filter((secret) => text.includes(secret)).map((one) => `${path}: ${one}`))
          if (text.includes(email)) told.push(`${route}: the member's own address`)
        }
    const ofMembers = ['get /v1/partner/audit_log', 'get /v1/partner/members']
    expect([...new Set(told)].toSorted()).toEqual(ofMembers.map((route) => `${route}: the member's own address`))
  })
})
