import type { AccountApp } from '@opencredits/protocol'
import type { Clock } from '../kernel/clock.ts'
import { parseModels } from '../keys/authenticate-key.ts'
import { statusOf } from '../keys/describe-key.ts'
import { expiryMsOf } from '../keys/key-expiry.ts'
import { nowOfKey, readKeysOfUser } from '../keys/read-key.ts'
import { readWorldNowMs } from '../keys/world-time.ts'
import { readBudgetUse } from '../ledger/budget-left.ts'
import { creditsOf, secondsOf } from '../lists/formats.ts'
import type { DatabaseReader } from '../store/open-database.ts'

/** The apps that may spend a user's credits, the newest connection first. */
export async function listApps(
  { db, clock }: { readonly db: DatabaseReader; readonly clock: Clock },
  { userId, livemode }: { readonly userId: string; readonly livemode: boolean },
): Promise<readonly AccountApp[]> {
  const rows = await consentsOf(db, userId).execute()
  const keys = await keysByApp(db, userId, clock.nowMs())
  return Promise.all(
    rows.map(async (row): Promise<AccountApp> => {
      const window = row.budget_microcredits === null ? null : row.budget_window
      const nowMs = await readWorldNowMs({ db, clock }, { partnerId: row.partner_id, livemode })
      const use = window === null ? null : await readBudgetUse(db, { budgetId: row.id, window }, nowMs)
      return {
        id: row.live_partner_id ?? row.partner_id,
        name: row.name,
        logo_url: row.logo_url,
        website: row.website,
        support_email: row.support_email,
        budget: creditsOf(row.budget_microcredits),
        window,
        spent: creditsOf(use?.spentMicrocredits ?? 0),
        models: parseModels(row.models),
        expires_at: secondsOf(row.expires_at_ms),
        connected_at: secondsOf(row.created_at_ms),
        last_used_at: secondsOf(keys.get(row.partner_id)?.lastUsedAtMs ?? null),
        live_keys: keys.get(row.partner_id)?.live ?? 0,
      }
    }),
  )
}

function consentsOf(db: DatabaseReader, userId: string) {
  return db
    .selectFrom('consents')
    .innerJoin('partners', 'partners.id', 'consents.partner_id')
    .selectAll('consents')
    .select([
      'partners.name',
      'partners.logo_url',
      'partners.website',
      'partners.support_email',
      'partners.live_partner_id',
    ])
    .where('consents.user_id', '=', userId)
    .where('consents.withdrawn_at_ms', 'is', null)
    .orderBy('consents.created_at_ms', 'desc')
    .orderBy('consents.id')
}

interface AppKeys {
  readonly live: number
  readonly lastUsedAtMs: number | null
}

async function keysByApp(db: DatabaseReader, userId: string, nowMs: number): Promise<ReadonlyMap<string, AppKeys>> {
  const apps = new Map<string, AppKeys>()
  for (const row of await readKeysOfUser(db, userId)) {
    const known = apps.get(row.partner_id) ?? { live: 0, lastUsedAtMs: null }
    const isLive = statusOf(row, expiryMsOf(row), nowOfKey(nowMs, row)) === 'active'
    const used = row.last_used_at_ms
    apps.set(row.partner_id, {
      live: known.live + (isLive ? 1 : 0),
      lastUsedAtMs: used === null ? known.lastUsedAtMs : Math.max(used, known.lastUsedAtMs ?? 0),
    })
  }
  return apps
}
