import type { PartnerWorld, WebhookEndpoint } from '@opencredits/protocol'
import { secondsOf } from '../lists/formats.ts'
import type { Endpoint } from './own-endpoint.ts'

/** An endpoint as its partner reads it, but for its app and world, which the caller knows. Its secret is shown when it is made, and when it is rolled. */
export function describeEndpoint(row: Endpoint, nowMs: number): Omit<WebhookEndpoint, keyof PartnerWorld> {
  const isRolling = row.previous_until_ms !== null && row.previous_until_ms > nowMs
  return {
    id: row.id,
    url: row.url,
    description: row.description,
    events: typesOf(row),
    enabled: row.state === 'enabled',
    disabled_reason: row.disabled_reason,
    failing_since: secondsOf(row.failing_since_ms),
    old_secret_until: isRolling ? secondsOf(row.previous_until_ms) : null,
    created_at: secondsOf(row.created_at_ms),
  }
}

export function typesOf({ events }: Pick<Endpoint, 'events'>): readonly string[] | null {
  return events === null ? null : JSON.parse(events)
}
