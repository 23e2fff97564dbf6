import type { WebhookDeliveryStory } from '@opencredits/protocol'
import { z } from 'zod'
import { webhookEventTypes } from '../webhook-events/event-data.ts'
import {
  changedEndpointSchema,
  newEndpointSchema,
  replaySchema,
  rollSecretSchema,
} from '../webhooks/endpoint-schemas.ts'
import { deliveriesQuerySchema } from '../webhooks/list-deliveries.ts'
import { eventsQuerySchema } from '../webhooks/list-events.ts'
import { type Operation, read, write } from './operation.ts'

const seconds = z.int().describe('seconds since 1970')
const pageFields = { has_more: z.boolean(), next: z.string().nullable() }

const world = {
  app: z.string().describe('par_…, the same in both worlds'),
  livemode: z.boolean().describe('false in the test world'),
}

const endpointAnswer = z.object({
  ...world,
  id: z.string().describe('whe_…'),
  url: z.string(),
  description: z.string().nullable(),
  events: z.array(z.string()).nullable().describe('null: all'),
  enabled: z.boolean(),
  disabled_reason: z.enum(['by_hand', 'gone', 'failed_events', 'nothing_delivered']).nullable(),
  failing_since: seconds.nullable().describe('null: the last attempt succeeded, or there was none'),
  old_secret_until: seconds.nullable().describe('until when the secret before the last roll signs as well'),
  created_at: seconds,
})
const secretAnswer = endpointAnswer.extend({ secret: z.string().describe('whsec_…, shown only now') })

const eventAnswer = z.object({
  id: z.string().describe('evt_…: the header webhook-id'),
  type: z.enum(webhookEventTypes),
  timestamp: z.string().describe('ISO 8601'),
  data: z.record(z.string(), z.unknown()).describe('see the webhook of this type'),
})

const deliveryAnswer = z.object({
  id: z.string().describe('whd_…'),
  event_id: z.string(),
  event_type: z.string().nullable(),
  endpoint_id: z.string(),
  state: z.enum(['pending', 'delivered', 'failed', 'skipped']).describe('skipped: the endpoint was disabled'),
  created_at: seconds,
  next_attempt_at: seconds.nullable(),
  last_status: z.int().nullable(),
  last_error: z.string().nullable(),
  attempts: z.array(
    z.object({
      attempt: z.int().describe('from 1'),
      at: seconds,
      status: z.int().nullable().describe('null: there was no answer'),
      error: z.string().nullable().describe('null: it was delivered'),
      took_ms: z.int(),
      request_headers: z
        .record(z.string(), z.string())
        .nullable()
        .describe('as they were sent; null for attempts of before they were kept'),
      response_head: z.string().nullable().describe('at most 1,024 bytes of the answer, without keys and e-mails'),
    }),
  ),
})

const deliveryStory = deliveryAnswer.extend({
  url: z.string(),
  request_body: z.string().nullable().describe('as it was sent at each attempt; null where the event is gone'),
}) satisfies z.ZodType<WebhookDeliveryStory>

const endpoints = '/v1/partner/webhook_endpoints'
const auth = 'restricted key'
const disabled = { '409': 'The endpoint is disabled (conflict)' }

/** Webhooks, for a restricted key with the scope `webhooks:write`. */
export const webhookCalls: readonly Operation[] = [
  read(endpoints, 'Partner', 'Where the app’s events are sent to', {
    auth,
    answer: z.object({ ...world, data: z.array(endpointAnswer) }),
  }),
  write(endpoints, 'Partner', 'Add an endpoint; the answer has its secret', {
    auth,
    body: newEndpointSchema,
    status: 201,
    answer: secretAnswer,
    failures: { '409': 'The app has ten endpoints (conflict)' },
  }),
  write(`${endpoints}/{id}`, 'Partner', 'Change an endpoint, disable it, or enable it again', {
    method: 'patch',
    auth,
    body: changedEndpointSchema,
    answer: endpointAnswer,
  }),
  write(`${endpoints}/{id}`, 'Partner', 'Delete an endpoint with its deliveries', {
    method: 'delete',
    auth,
    answer: z.object({ id: z.string(), deleted: z.literal(true) }),
  }),
  write(`${endpoints}/{id}/roll`, 'Partner', 'Give an endpoint a new secret; the old one may sign as well for a day', {
    auth,
    body: rollSecretSchema,
    answer: secretAnswer,
  }),
  write(`${endpoints}/{id}/ping`, 'Partner', 'Send a test to an endpoint', {
    auth,
    answer: z.object({ event_id: z.string() }),
    failures: disabled,
  }),
  write(`${endpoints}/{id}/replay`, 'Partner', 'Send again what an endpoint has missed since then', {
    auth,
    body: replaySchema,
    answer: z.object({ replayed: z.int().describe('at most 10,000 at a time'), has_more: z.boolean() }),
    failures: disabled,
  }),
  read('/v1/partner/webhook_events', 'Partner', 'The events of the last 30 days, newest first', {
    auth,
    query: eventsQuerySchema,
    answer: z.object({ data: z.array(eventAnswer), ...pageFields }),
  }),
  read('/v1/partner/webhook_deliveries', 'Partner', 'Deliveries of the last 30 days with each attempt, newest first', {
    auth,
    query: deliveriesQuerySchema,
    answer: z.object({ data: z.array(deliveryAnswer), ...pageFields }),
    failures: { '404': 'There is no such endpoint, or it is somebody else’s' },
  }),
  read('/v1/partner/webhook_deliveries/{id}', 'Partner', 'One delivery, with what was sent and answered', {
    auth,
    answer: deliveryStory,
    failures: { '404': 'There is none, or it is another app’s' },
  }),
  write('/v1/partner/webhook_deliveries/{id}/retry', 'Partner', 'Send one delivery again, now', {
    auth,
    answer: deliveryStory,
    failures: disabled,
  }),
]
