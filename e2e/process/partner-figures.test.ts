import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { foldOldRequests } from '../../packages/server/src/credits/fold-old-requests.ts'
import { dayMs } from '../../packages/server/src/kernel/clock.ts'
import { issuePartnerKey } from '../../packages/server/src/keys/issue-partner-key.ts'
import { addDays, readTimeZone } from '../../packages/server/src/lists/time-zone.ts'
import { partnerUserId } from '../../packages/server/src/partners/partner-user.ts'
import { rollUpCalls } from '../../packages/server/src/partners/roll-up-calls.ts'
import { transact } from '../../packages/server/src/store/transact.ts'
import { mergeGuest } from '../../packages/server/src/users/merge-guest.ts'
import type { PartnerKeys } from '../stack.ts'
import { type AccountWorld, microcreditsOf, openAccountWorld } from './account-world.ts'
import { call, direct } from './api-client.ts'
import { addCalls, addCrowd, type Crowd, parseCsv } from './partner-world.ts'

/**
 * What a partner reads is the ledger's, to the microcredit, through everything that moves calls about: roll-ups, a guest's
 * merge, the folding of old calls before and after both. And it is the partner's own, with nobody's name in it.
 */

const nowMs = Date.now()
const days = 45
const zones = ['UTC', 'Asia/Kathmandu', 'Pacific/Chatham']

let world: AccountWorld
let apps: readonly [PartnerKeys, PartnerKeys]
let crowd: Crowd

beforeAll(async () => {
  world = await openAccountWorld()
  apps = [world.stack.createPartner({ name: 'One' }), world.stack.createPartner({ name: 'Two' })]
  crowd = await addCrowd(world, [apps[0].id, apps[1].id])
  await addCalls(world, crowd, { calls: 750, days, nowMs, partnerIds: apps.map(({ id }) => id) })
}, 120_000)

afterAll(() => world.close())

interface Sums {
  readonly charge: number
  readonly referral_share: number
  readonly calls?: number
}

const get = (app: PartnerKeys, path: string) =>
  call(world.stack, 'GET', `/v1/partner/${path}`, { headers: { authorization: `Bearer ${app.secret_key}` } })
const rowsOf = (body: Record<string, unknown>) => body.data as readonly (Sums & Record<string, unknown>)[]
const sharesOf = (rows: readonly Readonly<Record<string, unknown>>[]) =>
  rows.reduce((sum, row) => sum + microcreditsOf(row.referral_share), 0)

// `Response.text()` takes the byte order mark away.
async function csv(app: PartnerKeys, path: string) {
  const response = await fetch(`${direct(world.stack)}/v1/partner/${path}`, {
    headers: { authorization: `Bearer ${app.secret_key}` },
  })
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  const text = Buffer.from(await response.arrayBuffer()).toString()
  return { text, rows: parseCsv(text) }
}

/** What the ledger gave an app for calls, from one moment to before another. */
async function ledgerShare(app: PartnerKeys, fromMs = 0, toMs = Number.MAX_SAFE_INTEGER): Promise<number> {
  const row = await world.db
    .selectFrom('transfers')
    .select(({ fn }) => fn.sum<number | string>('amount_microcredits').as('sum'))
    .where('credit_account', '=', `partner:${app.id}`)
    .where('created_at_ms', '>=', fromMs)
    .where('created_at_ms', '<', toMs)
    .executeTakeFirst()
  return Number(row?.sum ?? 0)
}

async function everyPage(app: PartnerKeys, path: string, limit: number) {
  const all: (Sums & Record<string, unknown>)[] = []
  let after = ''
  for (;;) {
    const { body } = await get(app, `${path}${path.includes('?') ? '&' : '?'}limit=${limit}${after}`)
    all.push(...rowsOf(body))
    if (body.has_more !== true) return all
    after = `&after=${String(body.next)}`
  }
}

async function expectLedgersSums(zones: readonly string[]): Promise<void> {
  const dateAt = (zone: string, atMs: number) => readTimeZone(zone).dateAt(atMs)
  for (const app of apps) {
    const whole = await ledgerShare(app)
    const all = `from=${dateAt('UTC', nowMs - (days + 3) * dayMs)}&to=${dateAt('UTC', nowMs + 2 * dayMs)}`
    for (const group of ['day', 'model', 'user']) {
      const { body } = await get(app, `earnings?${all}&group_by=${group}`)
      expect([group, sharesOf(rowsOf(body)), microcreditsOf((body.total as Sums).referral_share)]).toEqual([
        ...[group, whole, whole],
      ])
      expect(sharesOf((await csv(app, `earnings.csv?${all}&group_by=${group}`)).rows)).toBe(whole)
    }
    // No call of these days is folded, so they are exact in every zone.
    for (const zone of zones) {
      const [from, to] = [dateAt(zone, nowMs - 20 * dayMs), dateAt(zone, nowMs)]
      const startOf = (date: string) => readTimeZone(zone).startOfDayMs(date)
      const during = `from=${from}&to=${to}&time_zone=${zone}`
      const expected = await ledgerShare(app, startOf(from), startOf(addDays(to, 1)))
      const byDay = rowsOf((await get(app, `earnings?${during}`)).body)
      expect([zone, sharesOf(byDay)]).toEqual([zone, expected])
      expect(sharesOf(rowsOf((await get(app, `earnings?${during}&group_by=user`)).body))).toBe(expected)
      for (const row of byDay.filter((_, index) => index % 7 === 0)) {
        const date = String(row.group)
        expect(microcreditsOf(row.referral_share)).toBe(
          await ledgerShare(app, startOf(date), startOf(addDays(date, 1))),
        )
      }
      expect(sharesOf((await csv(app, `requests.csv?${during}`)).rows)).toBe(expected)
    }
    expect(sharesOf(await everyPage(app, 'requests', 200))).toBe(whole)
    expect(sharesOf(await everyPage(app, 'users', 2))).toBe(whole)
    expect(sharesOf((await csv(app, 'users.csv')).rows)).toBe(whole)
  }
}

async function fold(beforeDays: number): Promise<void> {
  while ((await foldOldRequests(world.db, nowMs - beforeDays * dayMs)) > 0);
}

async function rollUp(untilDays: number): Promise<void> {
  while (await rollUpCalls(world.db, nowMs - untilDays * dayMs));
}

describe('a partner’s figures', () => {
  it('are the ledger’s, whatever is folded, rolled up and merged', async () => {
    await fold(43)
    await expectLedgersSums([])
    await rollUp(12)
    const mark = await world.db.selectFrom('roll_up_marks').select('through_ms').executeTakeFirstOrThrow()
    expect(mark.through_ms).toBeGreaterThan(nowMs - 13 * dayMs)
    const [accountUserId = ''] = crowd.userIds
    await transact(world.db, (transaction) =>
      mergeGuest(transaction, { guestUserId: crowd.guestId, accountUserId }, nowMs),
    )
    await expectLedgersSums(['Asia/Kathmandu'])
    await fold(38)
    await rollUp(0)
    await expectLedgersSums(zones)
    // The guest is gone as a user, and is found by its old pseudonym as the account.
    const [one] = apps
    const [guest, account] = [crowd.guestId, accountUserId].map((id) => partnerUserId(world.pepper, one.id, id))
    const users = rowsOf((await get(one, 'users?limit=200')).body).map(({ id }) => id)
    expect(users).toHaveLength(crowd.userIds.length)
    expect(users).toContain(account)
    const newest = async (user = '') => rowsOf((await get(one, `requests?limit=3&user=${user}`)).body)
    expect(await newest(guest)).toEqual(await newest(account))
    expect((await newest(account)).map(({ user }) => user)).toEqual([account, account, account])
  }, 60_000)

  it('say what is earned today, this month, and pending or payable', async () => {
    const [app] = apps
    for (const zone of zones) {
      const { dateAt, startOfDayMs } = readTimeZone(zone)
      const { body } = await get(app, `earnings?time_zone=${zone}`)
      const earned = body.earned as Readonly<Record<string, number>>
      const today = dateAt(Date.now())
      expect(microcreditsOf(earned.today)).toBe(await ledgerShare(app, startOfDayMs(today)))
      expect(microcreditsOf(earned.month)).toBe(await ledgerShare(app, startOfDayMs(`${today.slice(0, 7)}-01`)))
      const whole = await ledgerShare(app)
      expect(microcreditsOf(earned.owed)).toBe(whole)
      expect(microcreditsOf(earned.pending) + microcreditsOf(earned.payable)).toBe(whole)
      // Calls leave the delay while the test runs.
      const pending = await ledgerShare(app, Date.now() - 14 * dayMs)
      expect(microcreditsOf(earned.pending)).toBeGreaterThanOrEqual(pending)
      expect(microcreditsOf(earned.pending)).toBeLessThanOrEqual(await ledgerShare(app, nowMs - 14 * dayMs))
    }
  })

  it('tell who opened a checkout, paid and called', async () => {
    const [app] = apps
    const browser = await world.signIn('never-called@example.com')
    const { keyId } = await world.issueKey({ userId: browser.userId, partnerId: app.id, source: 'checkout' })
    const [caller = '', other = ''] = crowd.userIds
    const purchases = [
      ...[caller, caller, browser.userId].map((userId) => ({ userId, status: 'complete' }) as const),
      ...[caller, other].map((userId) => ({ userId, status: 'expired' }) as const),
    ]
    await world.db
      .insertInto('purchases')
      .values(
        purchases.map(({ userId, status }, index) => ({
          ...{ id: `pur_${index}`, partner_id: app.id, user_id: userId, key_id: keyId, mode: 'embedded', status },
          ...{ amount_minor: 500, currency: 'usd', credits_microcredits: 500_000_000 },
          ...{ created_at_ms: nowMs, expires_at_ms: nowMs },
        })),
      )
      .execute()
    expect((await get(app, 'earnings')).body.conversion).toMatchObject({ began: 3, paid: 2, called: 1 })
    const users = await everyPage(app, 'users', 200)
    const boughtBy = (userId: string) =>
      users.find(({ id }) => id === partnerUserId(world.pepper, app.id, userId))?.bought
    expect([caller, other, browser.userId].map(boughtBy)).toEqual([1000, 0, 500])
  })
})

describe('a partner’s answers', () => {
  it('name nobody, and nothing of another app', async () => {
    const [one, two] = apps
    const texts: string[] = []
    for (const path of ['earnings?group_by=user', 'requests', 'users?limit=2']) {
      const { body } = await get(one, path)
      texts.push(JSON.stringify(body), Buffer.from(String(body.next ?? ''), 'base64url').toString())
      const { text } = await csv(one, path.replace(/\?|$/, '.csv$&'))
      texts.push(text)
    }
    // Each answer says which app it is of.
    expect(texts.join('\n').replaceAll(`"app":"${one.id}"`, '')).not.toMatch(
      /usr_|key_|par_|oc_sk|@|wallet|127\.0\.0\.1/,
    )
    const idsOf = async (app: PartnerKeys) => (await everyPage(app, 'users', 200)).map(({ id }) => String(id))
    const [ofOne, ofTwo] = [await idsOf(one), await idsOf(two)]
    expect(ofOne.filter((id) => ofTwo.includes(id))).toEqual([])
    // Another app's pseudonym finds nobody, and another app's cursor nothing but one's own.
    const foreign = await get(one, `requests?user=${ofTwo[0]}`)
    expect([foreign.status, (foreign.body.error as { param: string }).param]).toEqual([400, 'user'])
    const { next } = (await get(two, 'requests?limit=5')).body
    const behind = rowsOf((await get(one, `requests?limit=200&after=${String(next)}`)).body)
    expect(behind.filter(({ user }) => !ofOne.includes(String(user)))).toEqual([])
    for (const after of [
      'x',
      Buffer.from('["0",{}]').toString('base64url'),
      Buffer.from('[1,"\' or 1"]').toString('base64url'),
    ])
      expect((await get(one, `users?after=${after}`)).status).toBe(400)
  })

  it('are not searched for nothing without end', async () => {
    const answers = await Promise.all(Array.from({ length: 61 }, () => get(apps[1], 'requests?model=none&limit=1')))
    expect(answers.some(({ status }) => status === 429)).toBe(true)
    expect((await get(apps[1], 'requests?limit=1')).status).toBe(200)
    expect((await get(apps[1], 'earnings?from=2025-01-01&to=2025-12-31')).status).toBe(429)
    expect((await get(apps[1], 'earnings?from=2025-12-01&to=2025-12-31')).status).toBe(200)
  })

  it('give a spreadsheet nothing to run', async () => {
    const { text, rows } = await csv(apps[0], 'requests.csv')
    expect(text).not.toMatch(/(^|,|")[=+@]/m)
    expect(rows.some(({ model }) => model?.startsWith("'=HYPERLINK"))).toBe(true)
  })
})

describe('a restricted key', () => {
  const as = (secret: string, path = '/v1/partner/earnings', headers = {}) =>
    call(world.stack, 'GET', path, { headers: { authorization: `Bearer ${secret}`, ...headers } })
  const typeOf = async (asked: ReturnType<typeof call>) => {
    const { status, body } = await asked
    return `${status} ${(body.error as { type?: string } | undefined)?.type ?? 'fine'}`
  }

  it('is made, rolled and revoked by the command line, and ends at once', async () => {
    const { stack } = world
    const [{ id, secret_key }] = apps
    const cli = (...args: readonly string[]) => JSON.parse(stack.cli('partner', 'keys', ...args, '--json'))
    const made = cli('create', id, '--scope', 'usage:read', '--scope', 'payouts:read', '--expires-in-days', '30')
    expect(made).toMatchObject({ partner_id: id, scopes: ['usage:read', 'payouts:read'] })
    const rolled = cli('roll', id, made.id, '--grace-hours', '1')
    expect([await typeOf(as(made.secret_key)), await typeOf(as(rolled.secret_key))]).toEqual(['200 fine', '200 fine'])
    expect(cli('revoke', id, made.id)).toMatchObject({ was_revoked: false })
    for (const secret of [made.secret_key, rolled.secret_key])
      expect(await typeOf(as(secret))).toBe('401 invalid_api_key')
    const listed = cli('list', id)
    expect(listed.map((key: { status: string }) => key.status)).toEqual(['revoked', 'active'])
    expect(listed[0].last_used_at).not.toBeNull()
    expect(JSON.stringify(listed)).not.toContain(secret_key.slice(6, 40))
  })

  it('opens nothing of a user, and is for no page', async () => {
    const { stack } = world
    const [{ id, secret_key }] = apps
    const key = {
      partnerId: id,
      livemode: true,
      name: 'narrow',
      scopes: ['webhooks:write'],
      expiresAtMs: null,
    } as const
    const by = { actor: { kind: 'cli', id: null } } as const
    const narrow = await transact(world.db, (transaction) =>
      issuePartnerKey(transaction, { key, pepper: world.pepper, by }, nowMs),
    )
    const user = await world.issueKey({ userId: crowd.userIds[0] ?? '', partnerId: id, source: 'login' })
    expect(await typeOf(as(narrow.secret))).toBe('403 insufficient_scope')
    expect(await typeOf(as(user.secret))).toBe('401 invalid_api_key')
    expect(await typeOf(as(secret_key, '/v1/credits/balance'))).toBe('401 invalid_user_key')
    expect(await typeOf(as(secret_key, '/v1/account/overview'))).toBe('401 not_signed_in')
    const page = { origin: 'https://app.example' }
    expect(await typeOf(as(secret_key, '/v1/partner/users', page))).toBe('403 origin_not_allowed')
    const preflight = await call(stack, 'OPTIONS', '/v1/Partner/users', { headers: page })
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([404, null])
    expect((await as(secret_key)).headers.get('access-control-allow-origin')).toBeNull()
    expect((await as(secret_key)).headers.get('cache-control')).toBe('no-store')
  })
})
