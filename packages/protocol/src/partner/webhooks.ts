import type { PartnerWorld } from './partner-world.ts'

/** What an app's server may hear of, beside the test that it asks for. */
export const webhookEventTypes = [
  'purchase.completed',
  'purchase.refunded',
  'purchase.disputed',
  'user.connected',
  'user.disconnected',
  'key.revoked',
  'key.budget_reached',
  'balance.low',
  'app.suspended',
  'ping',
] as const

export type WebhookEventType = (typeof webhookEventTypes)[number]

/** `GET /v1/partner/webhook_endpoints`: where an app's events are sent to. Times are seconds since 1970. */
export interface WebhookEndpoint extends PartnerWorld {
  /** `whe_…` */
  readonly id: string
  readonly url: string
  readonly description: string | null
  /** Null: all types. */
  readonly events: readonly string[] | null
  readonly enabled: boolean
  readonly disabled_reason: 'by_hand' | 'gone' | 'failed_events' | 'nothing_delivered' | null
  readonly failing_since: number | null
  /** Until when the secret before the last roll signs as well. */
  readonly old_secret_until: number | null
  readonly created_at: number
}

/** An endpoint that was made, or whose secret was rolled. */
export interface WebhookEndpointWithSecret extends WebhookEndpoint {
  /** `whsec_…`, shown once. */
  readonly secret: string
}

/** `GET /v1/partner/webhook_events?type&after&limit`. */
export interface WebhookEvent {
  /** `evt_…` */
  readonly id: string
  readonly type: string
  readonly timestamp: string
  readonly data: Readonly<Record<string, unknown>>
}

export type WebhookDeliveryState = 'pending' | 'delivered' | 'failed' | 'skipped'

/** `GET /v1/partner/webhook_deliveries?endpoint&state&after&limit`. */
export interface WebhookDelivery {
  /** `whd_…` */
  readonly id: string
  readonly event_id: string
  readonly event_type: string | null
  readonly endpoint_id: string
  readonly state: WebhookDeliveryState
  readonly created_at: number
  readonly next_attempt_at: number | null
  readonly last_status: number | null
  readonly last_error: string | null
  readonly attempts: readonly WebhookAttempt[]
}

export interface WebhookAttempt {
  readonly attempt: number
  readonly at: number
  readonly status: number | null
  readonly error: string | null
  readonly took_ms: number
  /** as it was sent, signatures among it; null for attempts that were made before these were kept. */
  readonly request_headers: Readonly<Record<string, string>> | null
  readonly response_head: string | null
}

/** `GET /v1/partner/webhook_deliveries/{id}`. */
export interface WebhookDeliveryStory extends WebhookDelivery {
  readonly url: string
  /** The body, the same at every attempt; null where its event is older than 30 days. */
  readonly request_body: string | null
}
