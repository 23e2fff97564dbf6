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
import { call } from './api-client.ts'
import { createPartnerReader, type Reader, rowsOf, type Sums, sharesOf, startOfQuarter } from './partner-reader.ts'
import { addCalls, addCrowd, type Crowd } from './partner-world.ts'

/**
 * What a partner reads is the ledger's, to the microcredit, through everything that moves calls about: roll-ups, a guest's
 * merge, the folding of old calls before and after both. And it is the partner's own, with nobody's name in it.
 */

const nowMs = Date.now()
const days = 45
const zones = ['UTC', 'Asia/Kathmandu', 'Pacific/Chatham']

let world: AccountWorld
let apps: readonly [PartnerKeys, PartnerKeys]
let twin: Reader
let crowd: Crowd
const { get, csv, ledgerShare, everyPage, openTwin } = createPartnerReader(() => world)

beforeAll(async () => {
  world = await openAccountWorld()
  apps = [world.stack.createPartner({ name: 'One' }), world.stack.createPartner({ name: 'Two' })]
  crowd = await addCrowd(world, [apps[0].id, apps[1].id])
  await addCalls(world, crowd, { calls: 4000, days, nowMs, partnerIds: apps.map(({ id }) => id) })
  twin = await openTwin(apps[0].id)
  const testCrowd = await addCrowd(world, [twin.id], false)
  await addCalls(world, testCrowd, { calls: 1000, days, nowMs, partnerIds: [twin.id], livemode: false })
}, 120_000)

afterAll(() => world.close())

async function expectLedgersSums(zones: readonly string[]): Promise<void> {
  const dateAt = (zone: string, atMs: number) => readTimeZone(zone).dateAt(atMs)
  for (const app of [...apps, twin]) {
    const whole = await ledgerShare(app)
    expect(whole).toBeGreaterThan(0)
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
        const ofDay = await ledgerShare(app, startOf(String(row.group)), startOf(addDays(String(row.group), 1)))
        expect(microcreditsOf(row.referral_share)).toBe(ofDay)
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

  it('tell what more requests would earn, from the mean of one’s own or from list prices', async () => {
    const [app] = apps
    const { total } = (await get(app, 'earnings')).body as { total: { calls: number; provider_cost: number } }
    const { body } = await get(app, `what_if?requests=${2 * total.calls}&rate=0.5`)
    expect(body).toMatchObject({ basis: 'own_calls', referral_rate: 0.5, own_referral_rate: 0.1 })
    expect(Number(body.provider_cost) / (2 * total.provider_cost)).toBeCloseTo(1, 1)
    const parts = body.data as readonly { provider_cost: number; earns: number; part: number }[]
    expect(parts.reduce((sum, { earns }) => sum + microcreditsOf(earns), 0)).toBe(microcreditsOf(body.earns))
    for (const { provider_cost: cost, earns } of parts)
      expect(microcreditsOf(earns)).toBe(Math.floor(microcreditsOf(cost) / 2))
    expect((await get(app, 'what_if?model=anthropic/claude-sonnet-4')).body).toMatchObject({
      basis: 'list_prices',
      calls: 0,
      data: [{ input_tokens: 2500, part: 1 }],
    })
    for (const wrong of ['rate=1.01', 'requests=1.5', 'model=no/such'])
      expect((await get(app, `what_if?${wrong}`)).status).toBe(400)
  })

  it('explain one call, and one of another app or world is none', async () => {
    const [app, other] = apps
    const newest = rowsOf((await get(app, 'requests?limit=1&status=settled')).body)[0]
    const path = `requests/${String(newest?.request_id)}`
    const { body } = await get(app, path)
    const [user, charge] = [newest?.user, newest?.charge]
    expect(body).toMatchObject({ app: app.id, livemode: true, user, charge, took_ms: expect.any(Number) })
    const transfers = body.transfers as readonly { to: string; credits: number }[]
    expect(transfers.find(({ to }) => to === 'partner')?.credits).toBe(newest?.referral_share)
    expect(transfers.reduce((sum, { credits }) => sum + microcreditsOf(credits), 0)).toBe(microcreditsOf(charge))
    expect([(await get(other, path)).status, (await get(twin, path)).status]).toEqual([404, 404])
    expect((await get(twin, `users/${user}`)).status).toBe(404)
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
    await world.db
      .insertInto('checkout_opens')
      .values([2, 40].map((ago) => ({ partner_id: app.id, quarter_ms: startOfQuarter(nowMs - ago * dayMs), opens: 7 })))
      .execute()
    const conversion = { opened: 7, began: 3, paid: 2, called: 1 }
    expect((await get(app, 'earnings')).body.conversion).toEqual(conversion)
    const whole = { app: app.id, livemode: true, time_zone: 'UTC', ...conversion }
    expect((await get(app, 'conversion')).body).toMatchObject({
      ...whole,
      opened_since: startOfQuarter(nowMs - 40 * dayMs) / 1000,
    })
    const ofTwin = { livemode: false, opened: 0, began: 0, paid: 0, called: 0, opened_since: null }
    expect((await get(twin, 'conversion')).body).toMatchObject(ofTwin)
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
