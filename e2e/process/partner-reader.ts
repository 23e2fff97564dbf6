import { expect } from 'vitest'
import { issuePartnerKey } from '../../packages/server/src/keys/issue-partner-key.ts'
import { quarterMs } from '../../packages/server/src/partners/roll-up-calls.ts'
import { transact } from '../../packages/server/src/store/transact.ts'
import type { PartnerKeys } from '../stack.ts'
import { type AccountWorld, microcreditsOf } from './account-world.ts'
import { call, direct } from './api-client.ts'
import { parseCsv } from './partner-world.ts'

/** One world of an app, and a key that reads it. */
export type Reader = Pick<PartnerKeys, 'id' | 'secret_key'>

export interface Sums {
  readonly charge: number
  readonly referral_share: number
  readonly calls?: number
}

export const rowsOf = (body: Record<string, unknown>) => body.data as readonly (Sums & Record<string, unknown>)[]
export const sharesOf = (rows: readonly Readonly<Record<string, unknown>>[]) =>
  rows.reduce((sum, row) => sum + microcreditsOf(row.referral_share), 0)

export const startOfQuarter = (atMs: number) => atMs - (atMs % quarterMs)

/** What apps read of themselves, and what the ledger says to it. */
export function createPartnerReader(world: () => AccountWorld) {
  const get = (app: Reader, path: string) =>
    call(world().stack, 'GET', `/v1/partner/${path}`, { headers: { authorization: `Bearer ${app.secret_key}` } })

  // `Response.text()` takes the byte order mark away.
  async function csv(app: Reader, path: string) {
    const response = await fetch(`${direct(world().stack)}/v1/partner/${path}`, {
      headers: { authorization: `Bearer ${app.secret_key}` },
    })
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    const text = Buffer.from(await response.arrayBuffer()).toString()
    return { text, rows: parseCsv(text) }
  }

  /** What the ledger gave an app for calls, from one moment to before another. */
  async function ledgerShare(app: Reader, fromMs = 0, toMs = Number.MAX_SAFE_INTEGER): Promise<number> {
    const row = await world()
      .db.selectFrom('transfers')
      .select(({ fn }) => fn.sum<number | string>('amount_microcredits').as('sum'))
      .where('credit_account', '=', `partner:${app.id}`)
      .where('created_at_ms', '>=', fromMs)
      .where('created_at_ms', '<', toMs)
      .executeTakeFirst()
    return Number(row?.sum ?? 0)
  }

  async function everyPage(app: Reader, path: string, limit: number) {
    const all: (Sums & Record<string, unknown>)[] = []
    let after = ''
    for (;;) {
      const { body } = await get(app, `${path}${path.includes('?') ? '&' : '?'}limit=${limit}${after}`)
      all.push(...rowsOf(body))
      if (body.has_more !== true) return all
      after = `&after=${String(body.next)}`
    }
  }

  /** The test world of an app, with a key that reads it. */
  async function openTwin(appId: string): Promise<Reader> {
    const row = await world()
      .db.selectFrom('partners')
      .select('id')
      .where('live_partner_id', '=', appId)
      .executeTakeFirstOrThrow()
    const key = { partnerId: row.id, name: 'test', scopes: ['usage:read'], livemode: false, expiresAtMs: null } as const
    const by = { actor: { kind: 'cli', id: null } } as const
    const { secret } = await transact(world().db, (transaction) =>
      issuePartnerKey(transaction, { key, pepper: world().pepper, by }, Date.now()),
    )
    return { id: row.id, secret_key: secret }
  }

  return { get, csv, ledgerShare, everyPage, openTwin }
}
