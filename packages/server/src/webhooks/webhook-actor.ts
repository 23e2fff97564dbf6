import { type Act, recordAct } from '../audit-log/record-act.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'

/** Who changes webhooks: a partner's key, the operator's command line, or the server itself. */
export type WebhookActor = Pick<Act, 'actor' | 'requestId' | 'address'>

/** Writes down what was done with an endpoint. Never its secret, and not its address: that may hold a token. */
export function recordEndpointAct(
  transaction: DatabaseTransaction,
  act: {
    readonly by: WebhookActor
    readonly action: string
    readonly endpointId: string
    readonly partnerId: string
    readonly after: Readonly<Record<string, unknown>>
  },
  nowMs: number,
): Promise<void> {
  const { by, action, endpointId, partnerId, after } = act
  const target = { kind: 'webhook_endpoint', id: endpointId }
  const named = { action: `webhook_endpoint.${action}`, target, userId: null, partnerId, after }
  return recordAct(transaction, { ...by, ...named }, nowMs)
}
