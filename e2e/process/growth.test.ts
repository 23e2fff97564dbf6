import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { callsQuery, olderCallsQuery } from '../../packages/server/src/account/read-usage.ts'
import {
  countQuery,
  type HistoryPage,
  type HistoryScope,
  pageQuery,
  readHistory,
} from '../../packages/server/src/credits/history.ts'
import { type RequestFilter, requestsQuery } from '../../packages/server/src/credits/list-requests.ts'
import { figuresQuery } from '../../packages/server/src/earnings/figures-query.ts'
import { callsOfUsersQuery, usersQuery } from '../../packages/server/src/earnings/list-users.ts'
import { buyersQuery, opensQuery } from '../../packages/server/src/earnings/read-conversion.ts'
import { readBalances } from '../../packages/server/src/ledger/balance.ts'
import { markOf, rollUpAccounts, sumsAfter } from '../../packages/server/src/ledger/roll-up.ts'
import { readPeriod } from '../../packages/server/src/lists/period.ts'
import { transfersQuery } from '../../packages/server/src/partners/read-earnings.ts'
import { rollUpCalls } from '../../packages/server/src/partners/roll-up-calls.ts'
import { addPeople, openTestStore, requestRow, type TestStore } from '../test-store.ts'

const userIds = ['usr_busy', 'usr_other']
const allUserIds = [...userIds, 'usr_few']
const callsEach = 20_000
const movesEach = 2_000

let store: TestStore

beforeAll(async () => {
  store = await openTestStore(inject('postgresUrl'))
  await addPeople(store.db, allUserIds)
  for (const userId of userIds) await fill(userId)
  await store.run('analyze')
}, 120_000)

afterAll(() => store.close())

/** Plain rows, as many as it takes for a plan to matter: a call each second, and now and then a grant. */
async function fill(userId: string): Promise<void> {
  const { db } = store
  for (let first = 0; first < callsEach; first += 500) {
    const rows = Array.from({ length: 500 }, (_, index) => {
      const number = first + index
      return requestRow({ id: `${userId}_${number}`, userId, model: 'a/one', atMs: number * 1000 })
    })
    await db
      .insertInto('requests')
      .values(rows.map((row) => ({ ...row, charge_microcredits: 1 })))
      .execute()
    const transfer = (row: (typeof rows)[number], code: string, debit: string, credit: string) => ({
      id: `request:${row.id}:${code}`,
      debit_account: debit,
      credit_account: credit,
      amount_microcredits: 1,
      code,
      cause_id: row.id,
      created_at_ms: row.ended_at_ms,
    })
    await db
      .insertInto('transfers')
      .values([
        ...rows.map((row) => transfer(row, 'usage_cost', `wallet:${userId}`, 'operator:provider_cost')),
        ...rows
          .filter((_, index) => index % (callsEach / movesEach) === 0)
          .map((row) => transfer(row, 'grant', 'operator:grants', `wallet:${userId}`)),
      ])
      .execute()
  }
}

const scopeOf = (userId: string): HistoryScope => ({ userId, partnerId: null, keyId: null })
const busy = scopeOf('usr_busy')
const few = scopeOf('usr_few')
const first: HistoryPage = { limit: 50, offset: 0, after: null }
const deep: HistoryPage = { ...first, after: { createdAtMs: 1_000_000, id: 'usr_busy_1000', total: 22_000 } }

/** The 20 000 calls lie within the first six hours of 1970: all of them, and a day on which there are none. */
const period = {
  ...readPeriod({ time_zone: 'UTC' }, 0),
  startMs: 100_000,
  endMs: 160_000,
  utcStartMs: 0,
  utcEndMs: 86_400_000,
}
const noFilter = { model: null, app: null, key: null, status: null, period: null }
const requestPage = { filter: noFilter, limit: 50, after: null }
const deepRequests = { ...requestPage, after: { atMs: 1_000_000, id: 'usr_busy_1000' } }

const ofPartner = { column: 'partner_id', id: 'par_1' } as const

interface Query {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

const plain = (text: string): Query => ({ sql: text, parameters: [] })

const pages: readonly (readonly [string, () => Query])[] = [
  ['the first page of a history', () => pageQuery(busy, first).compile(store.db)],
  ['a page deep in it, by cursor', () => pageQuery(busy, deep).compile(store.db)],
  ['a partner’s newest calls', () => plain(partnerPage(''))],
  ['a partner’s calls of a time', () => plain(partnerPage('and created_at_ms >= 1000000 and created_at_ms < 1060000'))],
  [
    'old calls to fold',
    () =>
      plain(`select id, user_id from requests where partner_id = 'par_1' and created_at_ms < 100000 and state <> 'admitted'
        order by created_at_ms limit 200`),
  ],
  [
    'the newest calls of an account',
    () => requestsQuery({ column: 'user_id', id: 'usr_busy' }, requestPage).compile(store.db),
  ],
  [
    'calls deep in an account, by cursor',
    () => requestsQuery({ column: 'user_id', id: 'usr_busy' }, deepRequests).compile(store.db),
  ],
  [
    'calls of some days',
    () =>
      requestsQuery({ column: 'user_id', id: 'usr_busy' }, { ...requestPage, filter: { ...noFilter, period } }).compile(
        store.db,
      ),
  ],
  ['a minute’s usage by model', () => callsQuery('usr_busy', period, 'model').compile(store.db)],
  ['a month’s usage by day', () => callsQuery('usr_few', readPeriod({ time_zone: 'UTC' }, 0), 'day').compile(store.db)],
  ['old usage by app', () => olderCallsQuery('usr_busy', period, 'app').compile(store.db)],
  ['the number of a history’s entries', () => countQuery(few).compile(store.db)],
  ['a partner’s calls by when they ended', () => requestsQuery(ofPartner, requestPage).compile(store.db)],
  ['a partner’s calls deep in them, by cursor', () => requestsQuery(ofPartner, deepRequests).compile(store.db)],
  ['a partner’s calls of one user', () => filtered('user_id', { app: 'par_1' })],
  [
    'a partner’s calls of one user, model and time',
    () => filtered('user_id', { app: 'par_1', model: 'a/one', period }),
  ],
  ['a partner’s calls of one model and time', () => filtered('partner_id', { model: 'a/one', period })],
  ['a partner’s calls that were charged', () => filtered('partner_id', { status: 'settled' })],
  ['a partner’s calls that were not charged', () => filtered('partner_id', { status: 'released', period })],
  ['the entries of one call', () => transfersQuery(store.db, ['usr_busy_1000']).compile()],
  ['the balances since the last roll-up', () => sumsAfter(40_000, null).compile(store.db)],
]

/** As the console filters its list; deep in it, where most has to be passed over. */
function filtered(column: 'user_id' | 'partner_id', by: Partial<RequestFilter>): Query {
  const id = column === 'user_id' ? 'usr_busy' : ofPartner.id
  return requestsQuery({ column, id }, { ...deepRequests, filter: { ...noFilter, ...by } }).compile(store.db)
}

/** As reports read it. */
function partnerPage(during: string): string {
  return `select id, model, share_microcredits from requests where partner_id = 'par_1' ${during}
    order by created_at_ms desc, id desc limit 50`
}

describe('a store of 44 000 entries', () => {
  it.each(pages)('gives %s without reading it all', async (_label, query) => {
    if (store.engine === 'sqlite') await expectIndexes(query())
    else await expectFewBlocks(query())
  })
})

/** All 20 000 calls of each user, and a checkout now and then. */
const wholeDay = { startMs: 0, endMs: 86_400_000, utcStartMs: 0, utcEndMs: 86_400_000 }
const rolledUp = { range: wholeDay, markMs: wholeDay.endMs }
const partnerFigures: readonly (readonly [string, () => Query])[] = [
  ['earnings by day', () => figuresQuery('par_1', { ...rolledUp, grouping: 'day' }).compile(store.db)],
  ['earnings by model', () => figuresQuery('par_1', { ...rolledUp, grouping: 'model' }).compile(store.db)],
  ['earnings by user', () => figuresQuery('par_1', { ...rolledUp, grouping: 'user' }).compile(store.db)],
  ['a page of users', () => usersQuery('par_1', { limit: 50, after: { atMs: 1, id: 'pu_x' } }).compile(store.db)],
  ['what users have called', () => callsOfUsersQuery('par_1', allUserIds, 2 * wholeDay.endMs).compile(store.db)],
  ['the openings', () => opensQuery('par_1', wholeDay).compile(store.db)],
  ['the conversion', () => buyersQuery('par_1', wholeDay, wholeDay.endMs).compile(store.db)],
]

describe('a partner’s figures of 40 000 calls', () => {
  beforeAll(async () => {
    while (await rollUpCalls(store.db, 2 * wholeDay.endMs));
  })

  it.each(partnerFigures)('have %s by index, and no call is read that is in the sums', async (_label, query) => {
    if (store.engine === 'postgres') return expectFewBlocks(query())
    const { sql, parameters } = query()
    const plan = (await store.run(`explain query plan ${sql}`, parameters)).map((row) => String(row.detail))
    const tables = plan.filter((line) =>
      /^(SEARCH|SCAN) (requests|usage_days|purchases|users|keys|partner|checkout_opens)/.test(line),
    )
    expect(tables.length).toBeGreaterThan(0)
    expect(tables.filter((line) => !/^SEARCH .* USING ((COVERING )?INDEX|(INTEGER )?PRIMARY KEY)/.test(line))).toEqual(
      [],
    )
    // By partner and time, or by user and time: both ends are bounded by the mark.
    const calls = tables.filter((line) => line.startsWith('SEARCH requests'))
    expect(calls.filter((line) => !/requests_settled_by_(partner|user) .*ended_at_ms>/.test(line))).toEqual([])
  })
})

async function expectIndexes(query: Query): Promise<void> {
  const rows = await store.run(`explain query plan ${query.sql}`, query.parameters)
  const plan = rows.map((row) => String(row.detail))
  const tables = plan.filter((line) => /^(SEARCH|SCAN) (transfers|requests|usage_days)/.test(line))
  expect(tables.length).toBeGreaterThan(0)
  expect(tables.filter((line) => !/^SEARCH .* USING ((COVERING )?INDEX|INTEGER PRIMARY KEY)/.test(line))).toEqual([])
  // Only the merge of the four sources sorts, and it has a page of each.
  expect(plan.filter((line) => line.includes('TEMP B-TREE')).length).toBeLessThanOrEqual(1)
}

async function expectFewBlocks({ sql, parameters }: Query): Promise<void> {
  const [row] = await store.run(`explain (analyze, buffers, format json) ${sql}`, parameters)
  const plan = (row?.['QUERY PLAN'] as readonly { readonly Plan: Plan }[] | undefined)?.[0]?.Plan
  if (plan === undefined) throw new Error('no plan')
  const read = flatten(plan).filter((node) => node['Node Type'] === 'Seq Scan')
  expect(read.filter((node) => ['requests', 'transfers'].includes(String(node['Relation Name'])))).toEqual([])
  expect(plan['Shared Hit Blocks'] + plan['Shared Read Blocks']).toBeLessThan(300)
}

describe('a history of 22 000 entries', () => {
  it('is read whole by cursor, each entry once, newest first, and counts them once', async () => {
    const seen: string[] = []
    let after: HistoryPage['after'] = null
    let last = Number.POSITIVE_INFINITY
    for (;;) {
      const page = await readHistory(store.db, busy, { limit: 200, offset: 0, after })
      expect(page.total).toBe(callsEach + movesEach)
      for (const entry of page.data) {
        const atMs = Date.parse(entry.created_at)
        expect(atMs).toBeLessThanOrEqual(last)
        last = atMs
        seen.push(entry.id)
      }
      if (page.next === null) break
      after = decode(page.next)
    }
    expect(seen).toHaveLength(callsEach + movesEach)
    expect(new Set(seen).size).toBe(seen.length)
  })

  it('has by offset what it has by cursor', async () => {
    const byOffset = await readHistory(store.db, busy, { limit: 50, offset: 150, after: null })
    const upTo = await readHistory(store.db, busy, { limit: 150, offset: 0, after: null })
    const byCursor = await readHistory(store.db, busy, { ...first, after: decode(String(upTo.next)) })
    expect(byOffset.data).toEqual(byCursor.data)
  })
})

function decode(cursor: string): HistoryPage['after'] {
  const [createdAtMs, id, total] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  return { createdAtMs, id, total }
}

interface Plan {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Shared Hit Blocks': number
  readonly 'Shared Read Blocks': number
  readonly Plans?: readonly Plan[]
}

function flatten(plan: Plan): readonly Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(flatten)]
}

describe('roll-ups of more than one transaction folds', () => {
  it('go through to the newest transfer, and change no balance', async () => {
    const before = await readBalances(store.db)
    await rollUpAccounts(store.db, 1_000_000_000)
    expect(await readBalances(store.db)).toEqual(before)
    expect(before.get('operator:provider_cost')).toBe(BigInt(userIds.length * callsEach))
    const [newest] = await store.run('select max(seq) as seq from transfers')
    const rollUps = await store.db.selectFrom('account_roll_ups').selectAll().execute()
    expect(markOf(rollUps)).toBe(Number(newest?.seq))
  })
})
