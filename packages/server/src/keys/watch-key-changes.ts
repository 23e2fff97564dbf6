import type { Clock } from '../kernel/clock.ts'
import type { DatabaseReader } from '../store/open-database.ts'

export interface KeyChanges {
  /** Null: what is known of keys may be used. Otherwise it may once this resolves; a store that does not answer rejects. */
  untilKnown(): Promise<void> | null
}

/** A change holds everywhere within two seconds: an answer is trusted no longer than this. */
const trustedMs = 1_500
/** From then on the next answer is fetched beside the calls, so that none has to wait for it. */
const freshMs = 1_000

/**
 * Tells when any key has changed, at whichever server: the store counts changes (a trigger does, so that none is
 * forgotten), and one small read a second takes the place of one for every call.
 */
export function watchKeyChanges(
  deps: { readonly db: DatabaseReader; readonly clock: Clock },
  onChange: () => void,
): KeyChanges {
  let known: number | null = null
  let askedAtMs = Number.NEGATIVE_INFINITY
  let asking: Promise<void> | null = null

  const ask = async (): Promise<void> => {
    const nowMs = deps.clock.nowMs()
    const row = await deps.db
      .selectFrom('change_counts')
      .select('changes')
      .where('name', '=', 'keys')
      .executeTakeFirst()
    const changes = row?.changes ?? 0
    if (changes !== known) onChange()
    known = changes
    askedAtMs = nowMs
  }
  const askOnce = (): Promise<void> => {
    asking ??= ask().finally(() => {
      asking = null
    })
    return asking
  }
  return {
    untilKnown() {
      const ageMs = deps.clock.nowMs() - askedAtMs
      // A clock that was set back tells nothing about an age.
      if (ageMs < 0 || ageMs >= trustedMs) return askOnce()
      if (ageMs >= freshMs) askOnce().catch(() => {})
      return null
    },
  }
}
