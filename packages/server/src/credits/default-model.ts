import type { Clock } from '../kernel/clock.ts'
import { minuteMs } from '../kernel/clock.ts'
import type { DatabaseReader } from '../store/open-database.ts'

export interface OfferedModel {
  readonly id: string
  readonly credits_per_request: number
}

export interface DefaultModels {
  /**
   * The model that an app's estimate is made for: its own choice where it is on offer, else the one that its latest
   * calls used most, and the cheapest among equals. Null where nothing is on offer.
   */
  choose(partner: AskedPartner, offered: readonly OfferedModel[]): Promise<string | null>
}

interface AskedPartner {
  readonly id: string
  /** The catalogue's id of the app's own choice, or null. */
  readonly ownChoice: string | null
}

/** Enough calls to tell a habit, and few enough to count for anybody who asks. */
const callsMax = 500
const keptMs = 5 * minuteMs
const keptMax = 10_000

/** Anybody may ask for prices, so an app's calls are counted at most every five minutes. */
export function createDefaultModels(deps: { readonly db: DatabaseReader; readonly clock: Clock }): DefaultModels {
  const kept = new Map<string, { readonly uses: Promise<ReadonlyMap<string, number>>; readonly untilMs: number }>()
  const usesOf = (partnerId: string) => {
    const known = kept.get(partnerId)
    if (known !== undefined && known.untilMs > deps.clock.nowMs()) return known.uses
    if (kept.size >= keptMax) kept.clear()
    const uses = countUses(deps.db, partnerId)
    kept.set(partnerId, { uses, untilMs: deps.clock.nowMs() + keptMs })
    uses.catch(() => kept.delete(partnerId))
    return uses
  }
  return {
    async choose(partner, offered) {
      if (offered.some(({ id }) => id === partner.ownChoice)) return partner.ownChoice
      const uses = await usesOf(partner.id)
      return mostUsed(offered, uses)
    },
  }
}

/** Pure: the most used of the models on offer, the cheapest among equals. */
export function mostUsed(offered: readonly OfferedModel[], uses: ReadonlyMap<string, number>): string | null {
  const [first] = [...offered].sort(
    (one, other) =>
      (uses.get(other.id) ?? 0) - (uses.get(one.id) ?? 0) || one.credits_per_request - other.credits_per_request,
  )
  return first?.id ?? null
}

async function countUses(db: DatabaseReader, partnerId: string): Promise<ReadonlyMap<string, number>> {
  const latest = await db
    .selectFrom('requests')
    .select('model')
    .where('partner_id', '=', partnerId)
    .orderBy('created_at_ms', 'desc')
    .limit(callsMax)
    .execute()
  const uses = new Map<string, number>()
  for (const { model } of latest) uses.set(model, (uses.get(model) ?? 0) + 1)
  return uses
}
