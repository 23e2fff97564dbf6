import { newId } from '../kernel/ids.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'

/** Something that a person did to money, keys or access. */
export interface Act {
  readonly actor: { readonly kind: Row<'audit_log'>['actor_kind']; readonly id: string | null }
  /** Such as `key.created`, `consent.changed`. */
  readonly action: string
  readonly target: { readonly kind: string; readonly id: string }
  /** The user who may read it in the own log; null for none. */
  readonly userId: string | null
  /** The app whose members may read it, in the world that it is about; left out for none. */
  readonly partnerId?: string | null
  /** Never a secret, a code or an e-mail. */
  readonly before?: Readonly<Record<string, unknown>> | null
  readonly after?: Readonly<Record<string, unknown>> | null
  readonly reason?: string | null
  readonly requestId?: string | null
  readonly address?: string | null
}

/** Writes an act down in the transaction that carries it out, so that neither is there without the other. */
export async function recordAct(transaction: DatabaseTransaction, act: Act, nowMs: number): Promise<void> {
  await transaction
    .insertInto('audit_log')
    .values({
      id: newId('act'),
      at_ms: nowMs,
      actor_kind: act.actor.kind,
      actor_id: act.actor.id,
      action: act.action,
      target_kind: act.target.kind,
      target_id: act.target.id,
      user_id: act.userId,
      partner_id: act.partnerId ?? null,
      before: jsonOf(act.before),
      after: jsonOf(act.after),
      reason: act.reason ?? null,
      request_id: act.requestId ?? null,
      address: act.address ?? null,
    })
    .execute()
}

function jsonOf(value: Readonly<Record<string, unknown>> | null | undefined): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value)
}
