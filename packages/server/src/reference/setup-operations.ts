import type { PartnerSetup, PartnerSetupEntry } from '@opencredits/protocol'
import { z } from 'zod'
import { pageQuerySchema } from '../lists/page-query.ts'
import { type Operation, read } from './operation.ts'

const seconds = z.number().int().describe('seconds since 1970')

const setupAnswer = z.object({
  ...{ app: z.string(), livemode: z.boolean() },
  checks: z
    .array(
      z.object({
        step: z.enum(['origin', 'sdk', 'purchase', 'call', 'webhook']),
        done_at: seconds.nullable().describe('when it was done for the first time'),
        missing: z.string().nullable().describe('what to do, in words'),
        link: z.string().nullable().describe('the page of the console where it is done'),
      }),
    )
    .describe('in the order in which one does them'),
  snippet: z
    .object({ publishable_key: z.string(), base_url: z.string(), origin: z.string(), model: z.string() })
    .describe('with what the snippets of the console are filled in'),
  test_payment: z
    .enum(['built_in', 'stripe'])
    .nullable()
    .describe('how the test world is paid: on a page of ours, which asks for no card, or at Stripe with test cards'),
  go_live: z.object({
    publishable_key: z.string().describe('the one key to change'),
    missing: z
      .array(
        z.object({
          what: z.enum(['approval', 'origin', 'payments']),
          message: z.string(),
          link: z.string().nullable(),
        }),
      )
      .describe('empty: the app can take real money now'),
  }),
}) satisfies z.ZodType<PartnerSetup>

const setupEntry = z.object({
  id: z.string(),
  kind: z.enum([
    ...(['page_seen', 'checkout_shown', 'origin_refused', 'checkout_refused', 'checkout_opened'] as const),
    ...(['checkout_paid', 'checkout_failed', 'signed_in', 'call_paid', 'call_failed', 'call_refused'] as const),
    ...(['key_misused', 'webhook_answered', 'webhook_failed'] as const),
  ]),
  subject: z.string().describe('what it is about, as the kind says: an origin, an error code, a model, a status'),
  times: z.number().int(),
  ...{ first_at: seconds, last_at: seconds },
  level: z.enum(['good', 'info', 'problem']),
  message: z.string().describe('what happened, in words'),
  advice: z.string().nullable().describe('what to do about it'),
  allow_origin: z.string().nullable().describe('the origin that was refused and can be added to the app'),
}) satisfies z.ZodType<PartnerSetupEntry>

const setupLogAnswer = z.object({
  data: z.array(setupEntry),
  has_more: z.boolean(),
  next: z.string().nullable().describe('the `after` of the next page'),
})

/** What the guided setup of the console reads. */
export const setupCalls: readonly Operation[] = [
  read('/v1/partner/setup', 'Partner', 'How far the app has come: five steps, each with what is missing', {
    ...{ auth: 'restricted key', answer: setupAnswer },
  }),
  read('/v1/partner/setup/log', 'Partner', 'What the server saw of the app in the last seven days, newest first', {
    ...{ auth: 'restricted key', query: pageQuerySchema, answer: setupLogAnswer },
  }),
]
