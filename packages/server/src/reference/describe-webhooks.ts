import { z } from 'zod'
import {
  eventDataSchemas,
  eventSummaries,
  type WebhookEventType,
  webhookEventTypes,
} from '../webhook-events/event-data.ts'

type Json = Readonly<Record<string, unknown>>

/** What is sent to partners, as OpenAPI 3.1 has it: by type of event, the request that the server makes. */
export function describeWebhooks(): Readonly<Record<string, Json>> {
  return Object.fromEntries(webhookEventTypes.map((type) => [type, { post: describeWebhook(type) }]))
}

/** The body of a webhook, as it is sent. */
export function webhookBodySchema(type: WebhookEventType): z.ZodObject {
  const isOfUser = type !== 'app.suspended' && type !== 'ping'
  return z.strictObject({
    type: z.literal(type),
    timestamp: z.iso.datetime().describe('when it happened; the header webhook-timestamp is that of the attempt'),
    data: z.strictObject({
      livemode: z.boolean().describe('false in the test world'),
      ...(isOfUser ? { user: z.string().describe('pu_…: the user’s pseudonym in this app') } : {}),
      ...eventDataSchemas[type].shape,
    }),
  })
}

function describeWebhook(type: WebhookEventType): Json {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(webhookBodySchema(type))
  return {
    tags: ['Webhooks'],
    summary: eventSummaries[type],
    security: [],
    parameters: [
      header('webhook-id', 'evt_…: the same at every attempt. Whoever has seen it ignores the request'),
      header('webhook-timestamp', 'of the attempt, in seconds since 1970. Older than five minutes is refused'),
      header(
        'webhook-signature',
        'v1, and the HMAC-SHA-256 of id.timestamp.body in base64; two while a secret is rolled',
      ),
    ],
    requestBody: { required: true, content: { 'application/json': { schema } } },
    responses: {
      '2XX': { description: 'Taken. Everything else, a redirect too, is tried again for three days' },
      410: { description: 'The endpoint is no more, and is disabled at once' },
    },
  }
}

function header(name: string, description: string): Json {
  return { name, in: 'header', required: true, description, schema: { type: 'string' } }
}
