import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { PartnerPermission, PartnerScope } from '@opencredits/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createThrottle } from '../http/throttle.ts'
import { dayMs, fixedClock, hourMs, minuteMs } from '../kernel/clock.ts'
import { issuePartnerKey } from '../keys/issue-partner-key.ts'
import { newSecret } from '../keys/key-format.ts'
import { listPartnerKeys } from '../keys/list-partner-keys.ts'
import { createPepper } from '../keys/pepper.ts'
import { revokePartnerKey } from '../keys/revoke-partner-key.ts'
import { rollPartnerKey } from '../keys/roll-partner-key.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { transact } from '../store/transact.ts'
import { createPartnerAuthenticator } from './authenticate-partner.ts'
import type { MemberSession } from './member-caller.ts'
import { createPartner } from './save-partner.ts'

const pepper = createPepper('a pepper')
const by = { actor: { kind: 'cli', id: null } } as const
const terms = {
  ...{ name: 'App', email: 'app@example.com', shareBasisPoints: 1000, allowedModels: null, origins: [] },
  ...{ logoUrl: null, accentColor: null, isActive: true },
}

let store: TestDatabase
let partnerId: string
let clock: ReturnType<typeof fixedClock>
let session: MemberSession | null
let authenticator: ReturnType<typeof createPartnerAuthenticator>

beforeEach(async () => {
  store = await openTestDatabase()
  clock = fixedClock()
  session = null
  authenticator = createPartnerAuthenticator({
    ...{ db: store.db, clock, pepper, createThrottle, clientAddress: () => '192.0.2.1' },
    findMemberSession: async () => session,
  })
  partnerId = (await createPartner({ db: store.db, pepper, shareBasisPointsMax: 10_000 }, terms, clock.nowMs())).id
})

afterEach(() => store.close())

const issue = (scopes: readonly PartnerScope[], expiresAtMs: number | null = null) =>
  transact(store.db, (transaction) =>
    issuePartnerKey(
      transaction,
      { key: { partnerId, livemode: true, name: 'key', scopes, expiresAtMs }, pepper, by },
      clock.nowMs(),
    ),
  )
const roll = (keyId: string, graceHours: number, owner = partnerId) =>
  transact(store.db, (transaction) =>
    rollPartnerKey(
      transaction,
      { keyId, partnerId: owner, graceSeconds: graceHours * 3600, pepper, by },
      clock.nowMs(),
    ),
  )
const revoke = (keyId: string, owner = partnerId) =>
  transact(store.db, (transaction) => revokePartnerKey(transaction, { keyId, partnerId: owner, by }, clock.nowMs()))

function requestWith(headers: Readonly<Record<string, string>>): IncomingMessage {
  const request = new IncomingMessage(new Socket())
  Object.assign(request.headers, headers)
  return request
}
const call = (secret: string, scope: PartnerScope = 'usage:read') =>
  authenticator.require(requestWith({ authorization: `Bearer ${secret}` }), scope)

describe('a restricted key', () => {
  it('opens what its scopes name and nothing else, and says which scope is missing', async () => {
    const { keyId, secret } = await issue(['usage:read', 'webhooks:write'])
    expect(await call(secret)).toEqual({ partnerId, appId: partnerId, livemode: true, by: { kind: 'key', keyId } })
    expect(await call(secret, 'webhooks:write')).toEqual({
      partnerId,
      appId: partnerId,
      livemode: true,
      by: { kind: 'key', keyId },
    })
    for (const scope of ['app:write', 'payouts:read'] as const)
      await expect(call(secret, scope)).rejects.toMatchObject({
        ...{ code: 'insufficient_scope', status: 403 },
        message: expect.stringContaining(`lacks the scope ${scope}. It has usage:read, webhooks:write`),
      })
  })

  it.each<[string, Readonly<Record<string, string>>, string, RegExp]>([
    ['none', {}, 'missing_api_key', /Authorization: Bearer oc_rk_…/],
    ['a user key', { authorization: `Bearer ${newSecret('sk', true)}` }, 'invalid_api_key', /user key/],
    ['a user key in its header', { 'x-user-key': newSecret('sk', true) }, 'invalid_api_key', /user key/],
    ['a publishable key', { 'x-api-key': newSecret('pk', true) }, 'invalid_api_key', /publishable key/],
    [
      'a mistyped one',
      { authorization: `Bearer ${newSecret('rk', true).slice(0, -1)}` },
      'invalid_api_key',
      /mistyped/,
    ],
    ['an unknown one', { authorization: `Bearer ${newSecret('rk', true)}` }, 'invalid_api_key', /unknown/],
    ['another service’s', { authorization: 'Bearer sk-ant-x' }, 'invalid_api_key', /not a restricted key/],
    [
      'a page’s',
      { authorization: `Bearer ${newSecret('rk', true)}`, origin: 'https://app.example' },
      'origin_not_allowed',
      /revoke/,
    ],
    [
      'our own page’s',
      { 'x-api-key': newSecret('rk', true), 'sec-fetch-site': 'same-origin' },
      'origin_not_allowed',
      /page/,
    ],
  ])('is refused: %s', async (_name, headers, code, message) => {
    await expect(authenticator.require(requestWith(headers), 'usage:read')).rejects.toMatchObject({
      ...{ code, message: expect.stringMatching(message) },
    })
  })

  it('ends at its time, and when it is revoked', async () => {
    const brief = await issue(['usage:read'], clock.nowMs() + dayMs)
    const revoked = await issue(['usage:read'])
    expect(await revoke(revoked.keyId)).toBe(false)
    expect(await revoke(revoked.keyId)).toBe(true)
    await expect(call(revoked.secret)).rejects.toMatchObject({ code: 'invalid_api_key', message: /revoked/ })
    clock.advance(dayMs - 1)
    await call(brief.secret)
    clock.advance(1)
    await expect(call(brief.secret)).rejects.toMatchObject({ code: 'invalid_api_key', message: /expired/ })
    await expect(roll(brief.keyId, 1)).rejects.toMatchObject({ code: 'conflict', message: /expired/ })
    await expect(roll(revoked.keyId, 1)).rejects.toMatchObject({ code: 'conflict', message: /revoked/ })
  })

  it('is rolled with a grace time: both secrets work until it is over, a third none', async () => {
    const first = await issue(['usage:read'])
    const second = await roll(first.keyId, 24)
    clock.advance(24 * hourMs - 1)
    expect(await call(first.secret)).toEqual(await call(second.secret))
    clock.advance(1)
    await expect(call(first.secret)).rejects.toMatchObject({ message: /grace time is over/ })
    const third = await roll(first.keyId, 1)
    const fourth = await roll(first.keyId, 0)
    for (const { secret } of [second, third]) await expect(call(secret)).rejects.toMatchObject({ message: /unknown/ })
    await roll(first.keyId, 24)
    await call(fourth.secret)
    await revoke(first.keyId)
    await expect(call(fourth.secret)).rejects.toMatchObject({ message: /revoked/ })
  })

  it('of another partner is neither rolled nor revoked', async () => {
    const { keyId, secret } = await issue(['usage:read'])
    await expect(roll(keyId, 0, 'par_other')).rejects.toMatchObject({ code: 'not_found' })
    await expect(revoke(keyId, 'par_other')).rejects.toMatchObject({ code: 'not_found' })
    await call(secret)
  })

  it('of a suspended app reads on and changes nothing', async () => {
    const { secret } = await issue(['usage:read', 'payouts:read', 'app:write', 'webhooks:write'])
    await store.db.updateTable('partners').set({ is_active: 0 }).where('id', '=', partnerId).execute()
    await call(secret, 'usage:read')
    await call(secret, 'payouts:read')
    for (const scope of ['app:write', 'webhooks:write'] as const)
      await expect(call(secret, scope)).rejects.toMatchObject({ code: 'app_suspended' })
  })

  it('is limited by key', async () => {
    const { secret } = await issue(['usage:read'])
    for (let count = 0; count < 300; count++) await call(secret)
    await expect(call(secret)).rejects.toMatchObject({ code: 'rate_limited' })
  })

  it('is limited by address, whatever it carries', async () => {
    for (let count = 0; count < 600; count++) await call(newSecret('rk', true)).catch(() => {})
    await expect(call(newSecret('rk', true))).rejects.toMatchObject({ code: 'rate_limited' })
  })

  it('is listed without its secret, with its last use to the minute, and every change is in the audit log', async () => {
    const { keyId, secret } = await issue(['usage:read'])
    await call(secret)
    const usedAt = new Date(clock.nowMs()).toISOString()
    clock.advance(minuteMs - 1)
    await call(secret)
    await roll(keyId, 2)
    const [, listed] = (await listPartnerKeys(store.db, partnerId, clock.nowMs())).toReversed()
    expect(listed).toMatchObject({ id: keyId, scopes: ['usage:read'], status: 'active', last_used_at: usedAt })
    expect(listed?.previous_secret_until).not.toBeNull()
    await revoke(keyId)
    const acts = await store.db
      .selectFrom('audit_log')
      .select(['action', 'after'])
      .where('target_id', '=', keyId)
      .execute()
    expect(acts.map(({ action }) => action).toSorted()).toEqual([
      ...['partner_key.created', 'partner_key.revoked', 'partner_key.rolled'],
    ])
    expect(JSON.stringify([listed, acts])).not.toContain(secret.slice(6, 30))
  })
})

describe('a member', () => {
  const join = (role: 'owner' | 'viewer', userId = 'usr_1', appId = partnerId) =>
    transact(store.db, async (transaction) => {
      const user = { id: userId, email: `${userId}@example.com`, merged_into_user_id: null, created_at_ms: 0 }
      await transaction
        .insertInto('users')
        .values(user)
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      const member = { id: `mem_${appId}`, partner_id: appId, user_id: userId, role }
      await transaction
        .insertInto('partner_members')
        .values({ ...member, created_at_ms: 0, updated_at_ms: 0 })
        .execute()
    })
  const ask = (query = '', permission: PartnerPermission = 'usage:read') => {
    const request = requestWith({})
    request.url = `/v1/partner/earnings${query}`
    return authenticator.require(request, permission)
  }

  it('calls for the only app, or for the one that is named, in the world that is named', async () => {
    await expect(ask()).rejects.toMatchObject({ code: 'missing_api_key' })
    session = { sessionId: 'ses_1', userId: 'usr_1', verifiedAtMs: 5 }
    await expect(ask()).rejects.toMatchObject({ code: 'not_found', message: /member of no app/ })
    await join('viewer')
    const by = { kind: 'member', userId: 'usr_1', sessionId: 'ses_1', role: 'viewer', verifiedAtMs: 5 }
    expect(await ask()).toEqual({ partnerId, appId: partnerId, livemode: true, by })
    expect(await ask(`?app=${partnerId}&livemode=false`)).toMatchObject({ appId: partnerId, livemode: false })
    await expect(ask('?livemode=no')).rejects.toMatchObject({ code: 'invalid_request', param: 'livemode' })
    await expect(ask('', 'keys:write')).rejects.toMatchObject({ code: 'insufficient_scope', message: /viewer/ })
    const other = await createPartner({ db: store.db, pepper, shareBasisPointsMax: 10_000 }, terms, clock.nowMs())
    for (const app of [other.id, 'par_none'])
      await expect(ask(`?app=${app}`)).rejects.toMatchObject({ code: 'not_found', message: /no such app of yours/ })
    await join('owner', 'usr_1', other.id)
    await expect(ask()).rejects.toMatchObject({ code: 'invalid_request', param: 'app' })
  })

  it('is not looked for where a key is sent, however wrong', async () => {
    session = { sessionId: 'ses_1', userId: 'usr_1', verifiedAtMs: 5 }
    await join('owner')
    await expect(call(newSecret('sk', true))).rejects.toMatchObject({ code: 'invalid_api_key' })
  })
})
