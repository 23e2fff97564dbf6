import type { PartnerSetupStep } from '@opencredits/protocol'
import { type SqlBool, sql } from 'kysely'
import type { Partner } from '../partners/partner.ts'
import type { Database, DatabaseReader } from '../store/open-database.ts'

/** When each step was done for the first time, in milliseconds since 1970; null while it is not. */
export type DoneSteps = Readonly<Record<PartnerSetupStep, number | null>>

/** The world of an app that is asked for. */
export interface SetupWorld {
  readonly partner: Partner
  readonly livemode: boolean
  readonly isSandbox: boolean
}

/**
 * Finds out how far an app has come. A step that was done stays done, though what shows it is purged one day; but an app
 * without an origin has none.
 */
export async function readChecks(db: Database, world: SetupWorld, nowMs: number): Promise<DoneSteps> {
  const { id } = world.partner
  const marks = await db.selectFrom('setup_marks').select(['step', 'done_at_ms']).where('partner_id', '=', id).execute()
  const marked = new Map(marks.map(({ step, done_at_ms }) => [step, done_at_ms]))
  const find = async (step: PartnerSetupStep, look: () => Promise<number | null>) => {
    const known = marked.get(step)
    if (known !== undefined) return known
    const doneAtMs = await look()
    if (doneAtMs !== null) await mark(db, { partnerId: id, step, doneAtMs })
    return doneAtMs
  }
  const hasOrigin = hasUsableOrigin(world)
  return {
    origin: hasOrigin ? await find('origin', async () => nowMs) : null,
    sdk: await find('sdk', () => firstPage(db, id)),
    purchase: await find('purchase', () => firstPurchase(db, id)),
    call: await find('call', () => firstCall(db, id)),
    webhook: await find('webhook', () => firstDelivery(db, id)),
  }
}

/** Real users are on no developer's machine, so a live app needs an origin that is not there. */
export function hasUsableOrigin({ partner, livemode, isSandbox }: SetupWorld): boolean {
  const { origins, allowsLocalhost } = partner
  if (livemode && !isSandbox) return origins.some((origin) => origin.startsWith('https:'))
  return origins.length > 0 || allowsLocalhost
}

async function mark(
  db: Database,
  { partnerId, step, doneAtMs }: { partnerId: string; step: PartnerSetupStep; doneAtMs: number },
): Promise<void> {
  await db
    .insertInto('setup_marks')
    .values({ partner_id: partnerId, step, done_at_ms: doneAtMs })
    .onConflict((conflict) => conflict.columns(['partner_id', 'step']).doNothing())
    .execute()
}

async function firstPage(db: DatabaseReader, partnerId: string): Promise<number | null> {
  const { at } = await db
    .selectFrom('setup_observations')
    .select((of) => of.fn.min('first_at_ms').as('at'))
    .where('partner_id', '=', partnerId)
    .where('kind', 'in', ['page_seen', 'checkout_shown'])
    .executeTakeFirstOrThrow()
  return timeOf(at)
}

async function firstPurchase(db: DatabaseReader, partnerId: string): Promise<number | null> {
  const { at } = await db
    .selectFrom('purchases')
    .select((of) => of.fn.min('completed_at_ms').as('at'))
    .where('partner_id', '=', partnerId)
    .where('status', '=', 'complete')
    .executeTakeFirstOrThrow()
  return timeOf(at)
}

/** Old calls are sums of a quarter of an hour. */
async function firstCall(db: DatabaseReader, partnerId: string): Promise<number | null> {
  const row = await db
    .selectFrom('requests')
    .select('ended_at_ms')
    .where('partner_id', '=', partnerId)
    .where(sql<SqlBool>`state = 'settled'`)
    .where('billed_to', '=', 'credits')
    .orderBy('ended_at_ms')
    .limit(1)
    .executeTakeFirst()
  if (row !== undefined) return timeOf(row.ended_at_ms)
  const summed = await db
    .selectFrom('partner_quarters')
    .select('quarter_ms')
    .where('partner_id', '=', partnerId)
    .where('calls', '>', 0)
    .orderBy('quarter_ms')
    .limit(1)
    .executeTakeFirst()
  return timeOf(summed?.quarter_ms ?? null)
}

async function firstDelivery(db: DatabaseReader, partnerId: string): Promise<number | null> {
  const row = await db
    .selectFrom('webhook_deliveries')
    .select('created_at_ms')
    .where('partner_id', '=', partnerId)
    .where('state', '=', 'delivered')
    .orderBy('created_at_ms')
    .limit(1)
    .executeTakeFirst()
  return timeOf(row?.created_at_ms ?? null)
}

/** PostgreSQL gives an aggregate of a bigint as it likes. */
function timeOf(at: number | string | bigint | null): number | null {
  return at === null ? null : Number(at)
}
