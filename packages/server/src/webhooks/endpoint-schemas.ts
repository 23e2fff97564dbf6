import { z } from 'zod'
import { webhookEventTypes } from '../webhook-events/event-data.ts'

export const endpointsMax = 10

const endpointFields = {
  url: z.string().max(2_048).describe('https, on port 443 or from 1024 on, at a host with public addresses'),
  description: z.string().trim().max(200).nullable().describe('for you'),
  events: z
    .array(z.enum(webhookEventTypes))
    .min(1)
    .max(webhookEventTypes.length)
    .nullable()
    .describe('the types that it gets; null: all, those of later versions too'),
}

export const newEndpointSchema = z.strictObject({
  url: endpointFields.url,
  description: endpointFields.description.default(null),
  events: endpointFields.events.default(null),
})

export const changedEndpointSchema = z
  .strictObject({ ...endpointFields, enabled: z.boolean().describe('true also enables one that the server disabled') })
  .partial()

export const rollSecretSchema = z.strictObject({
  grace_seconds: z.int().min(0).max(86_400).default(0).describe('how long the old secret signs as well; at most a day'),
})

export const replaySchema = z.strictObject({
  since: z.int().min(0).describe('seconds since 1970: events of that moment and later'),
})

export type NewEndpoint = z.output<typeof newEndpointSchema>
export type ChangedEndpoint = z.output<typeof changedEndpointSchema>
