import { type WebhookEventType, webhookEventTypes } from '@opencredits/protocol'
import { z } from 'zod'
import { creditsFromMicrocredits, microcredits } from '../kernel/microcredits.ts'

/** An amount of credits in a webhook: exact in both spellings, for whoever reads decimals and for whoever reads integers. */
export const creditsFields = {
  credits: z.string().describe('decimal, at most six digits after the point'),
  credits_microcredits: z.int().describe('the same in millionths of a credit'),
}

export function creditsData(amountMicrocredits: number) {
  return {
    credits: String(creditsFromMicrocredits(microcredits(amountMicrocredits))),
    credits_microcredits: amountMicrocredits,
  }
}

const budgetWindow = z.enum(['total', 'day', 'week', 'month'])

const limitSchema = z
  .object({ ...creditsFields, window: budgetWindow })
  .nullable()
  .describe('how much the app may spend; null: no limit beside the balance')

export function limitData(amountMicrocredits: number | null, window: z.infer<typeof budgetWindow> | null) {
  return amountMicrocredits === null || window === null ? null : { ...creditsData(amountMicrocredits), window }
}

const seconds = z.int().describe('seconds since 1970')

const moneyFields = {
  purchase_id: z.string().describe('pur_…'),
  amount_minor: z.int().describe('in minor units of the currency'),
  currency: z.string().describe('ISO 4217, lower case'),
}

const takeBackFields = {
  ...moneyFields,
  ...creditsFields,
  status: z.string().describe('as Stripe says it'),
}

/** What each event says in `data`, beside `livemode` and the pseudonym of its `user`, which all of them have. */
export const eventDataSchemas = {
  'purchase.completed': z.object({ ...moneyFields, ...creditsFields, completed_at: seconds }),
  'purchase.refunded': z.object({
    refund_id: z.string(),
    ...takeBackFields,
    credits: creditsFields.credits.describe('taken back by this refund in all; 0 where it failed'),
  }),
  'purchase.disputed': z.object({
    dispute_id: z.string(),
    ...takeBackFields,
    credits: creditsFields.credits.describe('taken back by this dispute in all; 0 where it was won'),
  }),
  'user.connected': z.object({
    limit: limitSchema,
    models: z.array(z.string()).nullable().describe('null: every model of the app'),
    expires_at: seconds.nullable(),
  }),
  'user.disconnected': z.object({
    reason: z.enum(['withdrawn', 'account_deleted']),
  }),
  'key.revoked': z.object({ key_id: z.string().describe('key_…: what GET /v1/keys calls `id`') }),
  'key.budget_reached': z.object({
    budget: limitSchema.unwrap(),
    spent: z.object(creditsFields).describe('in the window that runs'),
    window_started_at: seconds.nullable().describe('null for a budget in total'),
    key_id: z.string().nullable().describe('the one key that the budget limits; null: all keys that the app has'),
  }),
  'balance.low': z.object({
    level: z.enum(['low', 'empty']).describe('empty: less than one credit'),
    remaining_budget: z
      .object(creditsFields)
      .nullable()
      .describe('what the app may still spend by its limit; null: it has no limit. Never the balance'),
  }),
  'app.suspended': z.object({ suspended_at: seconds }),
  ping: z.object({ endpoint_id: z.string().describe('whe_…') }),
} as const satisfies Readonly<Record<WebhookEventType, z.ZodObject>>

export { type WebhookEventType, webhookEventTypes }

export type WebhookEventData<Type extends WebhookEventType> = z.input<(typeof eventDataSchemas)[Type]>

/** When each is sent, in one sentence. */
export const eventSummaries: Readonly<Record<WebhookEventType, string>> = {
  'purchase.completed': 'A purchase was paid, and its credits are there',
  'purchase.refunded': 'A refund took credits of a purchase back, or gave them back because it failed',
  'purchase.disputed': 'A dispute took credits of a purchase back, or gave them back because it was won',
  'user.connected': 'A user has allowed the app to spend credits',
  'user.disconnected': 'A user has cut the app off, or deleted the account: its keys have ended',
  'key.revoked': 'A key that the app had of a user has ended',
  'key.budget_reached': 'At least 95 % of what a user lets the app spend is used up',
  'balance.low': 'The credits of a user with a live key in this app run low',
  'app.suspended': 'The operator has suspended the app: it cannot sell, and its keys make no calls',
  ping: 'A test, asked for by the partner',
}
