import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyBooks } from '../../packages/server/src/audit/verify-books.ts'
import { foldOldRequests } from '../../packages/server/src/credits/fold-old-requests.ts'
import { dayMs, minuteMs } from '../../packages/server/src/kernel/clock.ts'
import { microcredits } from '../../packages/server/src/kernel/microcredits.ts'
import { partnerAccount } from '../../packages/server/src/ledger/chart-of-accounts.ts'
import {
  type HoldPlan,
  type HoldRequest,
  type PlaceOutcome,
  placeHolds,
} from '../../packages/server/src/ledger/hold.ts'
import { type Resolution, type ResolveOutcome, resolveHolds } from '../../packages/server/src/ledger/settle-hold.ts'
import { readTimeZone } from '../../packages/server/src/lists/time-zone.ts'
import { runStep, type Step } from '../../packages/server/src/store/step.ts'
import { grant, requestRow } from '../test-store.ts'
import { type AccountWorld, microcreditsOf, type OwnBrowser, openAccountWorld } from './account-world.ts'

/**
 * The account page's sums are the ledger's, to the microcredit: 5 000 calls over 70 days around both changes of clocks, of
 * which the oldest are folded into days.
 */

const calls = 5_000
const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Kiritimati', 'Africa/Cairo']
const groupings = ['day', 'model', 'app', 'key'] as const
const models = ['anthropic/claude-sonnet-4-5', 'openai/gpt-4o', 'google/gemini-2.5-pro']
const startMs = Date.parse('2026-09-20T00:00:00Z')
const endMs = Date.parse('2026-11-21T00:00:00Z')
const foldedBeforeMs = Date.parse('2026-09-28T09:30:00Z')
const from = '2026-09-15'
const to = '2026-11-25'

let world: AccountWorld
let browser: OwnBrowser
let other: OwnBrowser

beforeAll(async () => {
  world = await openAccountWorld()
  browser = await world.signIn('many@example.com')
  other = await world.signIn('other@example.com')
  const partners = ['=Acme, "Notes"', 'Zebra'].map((name, index) => ({
    ...{ id: `par_${index}`, name, email: 'p@example.com', publishable_key: `oc_pk_${index}` },
    ...{ share_basis_points: 1000, created_at_ms: 0, updated_at_ms: 0 },
  }))
  await world.db.insertInto('partners').values(partners).execute()
  const keys: { readonly id: string; readonly partnerId: string }[] = []
  for (const [index, { id }] of partners.entries())
    for (const name of [null, '+named']) {
      const issued = await world.issueKey({ userId: browser.userId, partnerId: id, source: 'named', name })
      keys.push({ id: issued.keyId, partnerId: partners[index]?.id ?? '' })
    }
  await grant(world.db, browser.userId, 1_000_000_000_000, startMs)
  await addCalls(keys)
  while ((await foldOldRequests(world.db, foldedBeforeMs)) > 0);
}, 120_000)

afterAll(() => world.close())

const admission: Step<HoldRequest<HoldPlan>, PlaceOutcome<HoldPlan>> = { run: placeHolds }
const resolution: Step<Resolution, ResolveOutcome> = { run: resolveHolds }

/** Through the ledger, as calls are; their times and costs are drawn once and for all. */
async function addCalls(keys: readonly { readonly id: string; readonly partnerId: string }[]): Promise<void> {
  for (let first = 0; first < calls; first += 250) {
    const batch = Array.from({ length: 250 }, (_, index) => drawn(first + index, keys))
    await Promise.all(batch.map(({ admit }) => runStep(world.db, admission, admit)))
    await Promise.all(batch.map(({ settle }) => runStep(world.db, resolution, settle)))
    await world.db
      .insertInto('requests')
      .values(batch.map(({ row }) => row))
      .execute()
  }
}

function drawn(number: number, keys: readonly { readonly id: string; readonly partnerId: string }[]) {
  const key = keys[(number * 7) % keys.length] ?? { id: '', partnerId: '' }
  const endedAtMs = startMs + ((number * 7_919 * 61_987) % (endMs - startMs))
  const cost = microcredits(1 + ((number * 104_729) % 5_000_003))
  const share = microcredits(Math.floor(cost / 10))
  const id = `req_${String(number).padStart(6, '0')}`
  const total = microcredits(cost + share)
  const { userId } = browser
  return {
    admit: {
      ...{ id, userId, budgetId: key.id, guestBudgetId: null, budget: null, serverId: 'srv_1', createdAtMs: endedAtMs },
      // The server's own job resolves what is past its time.
      expiresAtMs: Date.now() + dayMs,
      plan: () => ({ amountMicrocredits: total, state: 'placed' }) as const,
    },
    settle: {
      holdId: id,
      nowMs: endedAtMs,
      settlement: {
        ...{ costMicrocredits: cost, shareMicrocredits: share, feeMicrocredits: microcredits(0) },
        ...{
          partnerAccount: partnerAccount(key.partnerId),
          livemode: true,
          budgetMicrocredits: null,
          isEstimated: false,
        },
      },
    },
    row: {
      ...requestRow({ id, userId, model: models[number % 3] ?? '', atMs: endedAtMs }),
      ...{ key_id: key.id, partner_id: key.partnerId, created_at_ms: endedAtMs - (number % 90) * minuteMs },
      ...{ provider_cost_microcredits: cost, share_microcredits: share, charge_microcredits: total },
      hold_microcredits: total,
    },
  }
}

/** What the ledger took from the wallet for calls, from one moment to before another. */
async function charged(fromMs: number, toMs: number): Promise<number> {
  const rows = await world.db
    .selectFrom('transfers')
    .select(({ fn }) => fn.sum<number | string>('amount_microcredits').as('sum'))
    .where('debit_account', '=', `wallet:${browser.userId}`)
    .where('code', 'in', ['usage_cost', 'usage_share', 'usage_fee'])
    .where('created_at_ms', '>=', fromMs)
    .where('created_at_ms', '<', toMs)
    .execute()
  return Number(rows[0]?.sum ?? 0)
}

const chargesOf = (entries: unknown) =>
  (entries as readonly { readonly charge: number }[]).reduce((sum, { charge }) => sum + microcreditsOf(charge), 0)

/** The texts of a CSV's cells, line by line, as a spreadsheet reads them. */
function parseCsv(text: string): readonly Record<string, string>[] {
  expect(text.startsWith('\ufeff')).toBe(true)
  const [head = [], ...rows] = text
    .slice(1)
    .split('\r\n')
    .filter((line) => line !== '')
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
        ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
      ),
    )
  return rows.map((row) => Object.fromEntries(head.map((name, index) => [name, row[index] ?? ''])))
}

const csvSum = (rows: readonly Record<string, string>[]) =>
  rows.reduce((sum, row) => sum + microcreditsOf(row.charge), 0)

/** All pages of a list, each entry once. */
async function allRequests(query: string): Promise<readonly Record<string, unknown>[]> {
  const entries: Record<string, unknown>[] = []
  for (let after = ''; ; ) {
    const { status, body } = await browser.call('GET', `/v1/account/requests?limit=200&${query}${after}`)
    expect(status, JSON.stringify(body)).toBe(200)
    entries.push(...(body.data as Record<string, unknown>[]))
    if (body.next === null) break
    after = `&after=${body.next}`
  }
  expect(new Set(entries.map((entry) => entry.request_id)).size).toBe(entries.length)
  return entries
}

describe('the sums of 5 000 calls', () => {
  it('are the ledger’s in every grouping, time zone, list and file', async () => {
    const total = await charged(0, endMs + dayMs)
    expect((await verifyBooks(world.db)).differences).toEqual([])
    expect(await world.db.selectFrom('usage_days').selectAll().execute()).not.toEqual([])
    for (const zone of zones) {
      const query = `from=${from}&to=${to}&time_zone=${zone}`
      for (const grouping of groupings) {
        const { body } = await browser.call('GET', `/v1/account/usage?${query}&group_by=${grouping}`)
        expect([zone, grouping, chargesOf(body.data)]).toEqual([zone, grouping, total])
        expect(body.total).toMatchObject({ calls, older_calls: expect.any(Number) })
        expect(microcreditsOf((body.total as { charge: number }).charge)).toBe(total)
        const file = parseCsv(await browser.text(`/v1/account/usage.csv?${query}&group_by=${grouping}`))
        expect(csvSum(file)).toBe(total)
      }
    }
    const entries = await allRequests('')
    expect(chargesOf(entries)).toBe(total)
    expect(entries.reduce((sum, entry) => sum + Number(entry.calls), 0)).toBe(calls)
    const file = parseCsv(await browser.text('/v1/account/requests.csv'))
    expect(csvSum(file)).toBe(total)
    expect(file.map((row) => row.request_id)).toEqual(entries.map((entry) => entry.request_id))
  })

  it.each(zones)('of each day are the ledger’s of that day in %s, also where it has 23 or 25 hours', async (zone) => {
    const query = `from=2026-10-01&to=2026-11-20&time_zone=${zone}`
    const { body } = await browser.call('GET', `/v1/account/usage?${query}&group_by=day`)
    const days = body.data as readonly { readonly group: string; readonly charge: number }[]
    expect(days).toHaveLength(51)
    const { startOfDayMs } = readTimeZone(zone)
    for (const [index, day] of days.entries()) {
      const next = days[index + 1]?.group ?? '2026-11-21'
      expect([day.group, microcreditsOf(day.charge)]).toEqual([
        day.group,
        await charged(startOfDayMs(day.group), startOfDayMs(next)),
      ])
    }
    const asked = 'from=2026-10-25&to=2026-11-01'
    const week = days.filter(({ group }) => group >= '2026-10-25' && group <= '2026-11-01')
    expect(chargesOf(await allRequests(`${asked}&time_zone=${zone}`))).toBe(chargesOf(week))
    const file = parseCsv(await browser.text(`/v1/account/requests.csv?${asked}&time_zone=${zone}`))
    expect(csvSum(file)).toBe(chargesOf(week))
  })

  it('of a group are those of the calls that it stands for, old ones by their name', async () => {
    const query = `from=${from}&to=${to}`
    for (const grouping of ['model', 'app', 'key'] as const) {
      const { body } = await browser.call('GET', `/v1/account/usage?${query}&group_by=${grouping}`)
      const groups = body.data as readonly { readonly group: string; readonly label: string; readonly charge: number }[]
      for (const { group, charge } of groups)
        expect(chargesOf(await allRequests(`${query}&${grouping}=${encodeURIComponent(group)}`))).toBe(
          microcreditsOf(charge),
        )
      if (grouping === 'key') expect(groups.find(({ group }) => group === 'older')?.label).toBe('Older calls')
    }
    const file = await browser.text(`/v1/account/usage.csv?${query}&group_by=app`)
    expect(file).toContain(`,"'=Acme, ""Notes""",`)
    expect(await browser.text(`/v1/account/usage.csv?${query}&group_by=key`)).toContain(`,'+named,`)
  })

  it('are nobody else’s', async () => {
    const { body } = await other.call('GET', `/v1/account/usage?from=${from}&to=${to}`)
    expect(body.total).toEqual({ calls: 0, charge: 0, older_calls: 0 })
    expect((await other.call('GET', '/v1/account/requests')).body).toEqual({ data: [], has_more: false, next: null })
    const missing = await other.call('GET', '/v1/account/requests/req_nothing')
    const foreign = await other.call('GET', '/v1/account/requests/req_004999')
    expect([foreign.status, foreign.body]).toEqual([404, { error: expect.objectContaining({ type: 'not_found' }) }])
    expect({ ...(foreign.body.error as object), request_id: '' }).toEqual({
      ...(missing.body.error as object),
      request_id: '',
    })
  })
})
