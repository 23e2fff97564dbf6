import type { AppSettings } from '@opencredits/protocol'
import { AppError } from '../kernel/app-error.ts'
import { microcredits } from '../kernel/microcredits.ts'
import { parseModels } from '../keys/authenticate-key.ts'
import { lastFourOf } from '../keys/key-format.ts'
import { creditsOf, secondsOf } from '../lists/formats.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'

/** The settings of an app as a caller of one of its worlds sees them. @param partnerId the row of that world */
export async function readSettings(db: DatabaseReader, partnerId: string, nowMs: number): Promise<AppSettings> {
  const row = await db.selectFrom('partners').selectAll().where('id', '=', partnerId).executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', 'There is no such app.')
  const origins = await db
    .selectFrom('partner_origins')
    .select('origin')
    .where('partner_id', '=', partnerId)
    .orderBy('origin')
    .execute()
  return {
    ...{ id: row.live_partner_id ?? row.id, livemode: row.livemode === 1, name: row.name, website: row.website },
    origins: origins.map(({ origin }) => origin),
    allow_localhost: row.allows_localhost === 1,
    models: parseModels(row.allowed_models),
    ...{ default_model: row.default_model, logo_url: row.logo_url, accent_color: row.accent_color },
    ...{ support_email: row.support_email, statement_suffix: row.statement_suffix },
    suggested_limit: limitOf(row),
    publishable_key: row.publishable_key,
    previous_publishable_key: previousKeyOf(row, nowMs),
    version: String(row.updated_at_ms),
    updated_at: secondsOf(row.updated_at_ms),
  }
}

function limitOf(row: Row<'partners'>): AppSettings['suggested_limit'] {
  const { suggested_budget_microcredits: amount, suggested_budget_window: window } = row
  return amount === null || window === null ? null : { budget: creditsOf(microcredits(amount)), window }
}

function previousKeyOf(row: Row<'partners'>, nowMs: number): AppSettings['previous_publishable_key'] {
  const { previous_publishable_key: key, previous_publishable_key_until_ms: untilMs } = row
  if (key === null || untilMs === null || untilMs <= nowMs) return null
  return { last_four: lastFourOf(key), until: secondsOf(untilMs) }
}
