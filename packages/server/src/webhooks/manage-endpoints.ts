import { AppError } from '../kernel/app-error.ts'
import { newId } from '../kernel/ids.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { DatabaseReader, DatabaseTransaction } from '../store/open-database.ts'
import { typesOf } from './describe-endpoint.ts'
import { type ChangedEndpoint, endpointsMax, type NewEndpoint } from './endpoint-schemas.ts'
import { type Endpoint, lockOwnEndpoint, type OwnEndpoint } from './own-endpoint.ts'
import { recordEndpointAct, type WebhookActor } from './webhook-actor.ts'
import { newWebhookSecret, sealSecret } from './webhook-secret.ts'

export interface EndpointWithSecret {
  readonly endpoint: Endpoint
  /** Shown once. */
  readonly secret: string
}

/** A partner's endpoints, the oldest first: at most ten. */
export function listEndpoints(db: DatabaseReader, partnerId: string): Promise<readonly Endpoint[]> {
  return db
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where('partner_id', '=', partnerId)
    .orderBy('created_at_ms')
    .orderBy('id')
    .execute()
}

interface Creation {
  readonly partnerId: string
  /** Its URL is checked: see `check-url.ts`. */
  readonly endpoint: NewEndpoint
  readonly pepper: Pepper
  readonly by: WebhookActor
}

/** Registers an endpoint. @throws AppError 409 for the eleventh. */
export async function createEndpoint(
  transaction: DatabaseTransaction,
  { partnerId, endpoint, pepper, by }: Creation,
  nowMs: number,
): Promise<EndpointWithSecret> {
  // Two at once take turns, so that both do not count nine.
  await transaction
    .updateTable('partners')
    .set((of) => ({ name: of.ref('name') }))
    .where('id', '=', partnerId)
    .execute()
  if ((await listEndpoints(transaction, partnerId)).length >= endpointsMax)
    throw new AppError('conflict', `An app has at most ${endpointsMax} webhook endpoints. Delete one first.`)
  const id = newId('whe')
  const secret = newWebhookSecret()
  const row = await transaction
    .insertInto('webhook_endpoints')
    .values({
      ...{ id, partner_id: partnerId, url: endpoint.url, description: endpoint.description },
      ...{ events: jsonOf(endpoint.events), state: 'enabled', disabled_reason: null, failing_since_ms: null },
      secret_ciphertext: sealSecret(pepper, id, secret),
      ...{ previous_secret_ciphertext: null, previous_until_ms: null, created_at_ms: nowMs },
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  const after = { partner_id: partnerId, events: endpoint.events }
  await recordEndpointAct(transaction, { by, action: 'created', endpointId: id, partnerId, after }, nowMs)
  return { endpoint: row, secret }
}

type Acting<Extra = object> = OwnEndpoint & { readonly by: WebhookActor } & Extra

/**
 * Changes an endpoint. Disabling it skips what is pending; enabling it starts anew: what was skipped is sent by a replay.
 * @throws AppError 404 for another partner's endpoint.
 */
export async function changeEndpoint(
  transaction: DatabaseTransaction,
  change: Acting<{ readonly changes: ChangedEndpoint }>,
  nowMs: number,
): Promise<Endpoint> {
  const { by, changes, endpointId } = change
  const before = await lockOwnEndpoint(transaction, change)
  const { url = before.url, description = before.description, enabled = before.state === 'enabled' } = changes
  const wasEnabled = before.state === 'enabled'
  const events = changes.events === undefined ? before.events : jsonOf(changes.events)
  const disabled = { state: 'disabled', disabled_reason: before.disabled_reason ?? 'by_hand' } as const
  const enabledAnew = { state: 'enabled', disabled_reason: null, consecutive_failures: 0 } as const
  const row = await transaction
    .updateTable('webhook_endpoints')
    .set({
      ...{ url, description, events },
      ...(enabled ? enabledAnew : disabled),
      ...(enabled && !wasEnabled ? { failing_since_ms: null } : {}),
    })
    .where('id', '=', endpointId)
    .returningAll()
    .executeTakeFirstOrThrow()
  if (!enabled) await skipPending(transaction, endpointId)
  const after = { enabled, events: typesOf(row), is_url_changed: url !== before.url }
  await recordEndpointAct(transaction, { by, action: 'changed', endpointId, partnerId: row.partner_id, after }, nowMs)
  return row
}

/** Deletes an endpoint with its deliveries; its events stay. @throws AppError 404 for another partner's endpoint. */
export async function deleteEndpoint(transaction: DatabaseTransaction, of: Acting, nowMs: number): Promise<void> {
  const { endpointId, by, partnerId } = of
  await lockOwnEndpoint(transaction, of)
  await transaction.deleteFrom('webhook_deliveries').where('endpoint_id', '=', endpointId).execute()
  await transaction.deleteFrom('webhook_endpoints').where('id', '=', endpointId).execute()
  const after = { partner_id: partnerId }
  await recordEndpointAct(transaction, { by, action: 'deleted', endpointId, partnerId, after }, nowMs)
}

/**
 * Gives an endpoint a new secret. For the grace time the old one signs as well; one that was rolled before ends now.
 * @throws AppError 404 for another partner's endpoint.
 */
export async function rollSecret(
  transaction: DatabaseTransaction,
  roll: Acting<{ readonly graceSeconds: number; readonly pepper: Pepper }>,
  nowMs: number,
): Promise<EndpointWithSecret> {
  const { endpointId, graceSeconds, pepper, by } = roll
  const before = await lockOwnEndpoint(transaction, roll)
  const secret = newWebhookSecret()
  const hasGrace = graceSeconds > 0
  const endpoint = await transaction
    .updateTable('webhook_endpoints')
    .set({
      secret_ciphertext: sealSecret(pepper, endpointId, secret),
      previous_secret_ciphertext: hasGrace ? before.secret_ciphertext : null,
      previous_until_ms: hasGrace ? nowMs + graceSeconds * 1000 : null,
    })
    .where('id', '=', endpointId)
    .returningAll()
    .executeTakeFirstOrThrow()
  const after = { grace_seconds: graceSeconds }
  await recordEndpointAct(
    transaction,
    { by, action: 'rolled', endpointId, partnerId: endpoint.partner_id, after },
    nowMs,
  )
  return { endpoint, secret }
}

/** What a disabled endpoint would have got is kept, to be replayed. */
export async function skipPending(transaction: DatabaseTransaction, endpointId: string): Promise<void> {
  await transaction
    .updateTable('webhook_deliveries')
    .set({ state: 'skipped' })
    .where('endpoint_id', '=', endpointId)
    .where('state', '=', 'pending')
    .execute()
}

function jsonOf(events: readonly string[] | null): string | null {
  return events === null ? null : JSON.stringify([...new Set(events)])
}
