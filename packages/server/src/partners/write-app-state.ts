import type { DatabaseTransaction } from '../store/open-database.ts'
import { recordEvent } from '../webhook-events/record-event.ts'
import type { AppState } from './app-state.ts'

export interface NewAppState {
  readonly appId: string
  readonly state: AppState
  /** The operator's words to the app's members; null for none. */
  readonly reason: string | null
}

/** Whether an app sells, and its keys call, in one of its worlds: a pending app is built in its test world. */
export function isActiveIn(state: AppState, livemode: boolean): boolean {
  return state === 'approved' || (state === 'pending' && !livemode)
}

/**
 * Changes how far an app has come, in both worlds: the one place where `state` and `is_active` are written. Each world's
 * endpoints get an event about a suspension.
 */
export async function writeAppState(
  transaction: DatabaseTransaction,
  { appId, state, reason }: NewAppState,
  nowMs: number,
): Promise<void> {
  const rows = await transaction
    .selectFrom('partners')
    .select(['id', 'livemode', 'is_active'])
    .where((of) => of.or([of('id', '=', appId), of('live_partner_id', '=', appId)]))
    .execute()
  for (const { id: partnerId, livemode, is_active: wasActive } of rows) {
    const isActive = isActiveIn(state, livemode === 1)
    await transaction
      .updateTable('partners')
      .set({ state, state_reason: reason, state_at_ms: nowMs, is_active: isActive ? 1 : 0, updated_at_ms: nowMs })
      .where('id', '=', partnerId)
      .execute()
    if (wasActive !== 1 || isActive) continue
    const data = { suspended_at: Math.floor(nowMs / 1000) }
    await recordEvent(
      transaction,
      { type: 'app.suspended', partnerId, userId: null, cause: String(nowMs), data },
      nowMs,
    )
  }
}
