import type { TestClockResponse, TestPurchaseResponse } from '@opencredits/protocol'
import { z } from 'zod'
import { advanceSchema } from '../checkout/test-world/clock-routes.ts'
import { testHelperSchemas } from '../checkout/test-world/helper-routes.ts'
import { type Operation, read, write } from './operation.ts'

const livemode = z.literal(false)

const clockAnswer = z.object({
  app: z.string(),
  livemode,
  now: z.int().describe('the time in the test world, seconds since 1970'),
  ahead_seconds: z.int().describe('how far it is ahead of the live world’s'),
  seconds_left: z.int().describe('how much further it can go: two years in all'),
}) satisfies z.ZodType<TestClockResponse>

const takeBack = z.object({ id: z.string(), amount_minor: z.int(), status: z.string() })

const purchaseAnswer = z.object({
  purchase_id: z.string(),
  session_id: z.string(),
  livemode,
  status: z.enum(['open', 'processing', 'complete', 'expired', 'failed']),
  amount_minor: z.int().describe('minor units of the currency'),
  currency: z.string(),
  credits: z.number(),
  taken_back: z.number().describe('credits that refunds and disputes took back'),
  refunds: z.array(takeBack),
  disputes: z.array(takeBack),
}) satisfies z.ZodType<TestPurchaseResponse>

const auth = 'restricted key'
const purchase = '/v1/partner/test_helpers/purchases/{id}'
const liveKey = 'A key of the live world (conflict)'

const acts = [
  ['pay', 'Pay a test purchase without its page'],
  ['pay_later', 'Send a payment that is processing for ten seconds of the test clock, and then succeeds or fails'],
  ['settle', 'Let a payment that is processing succeed or fail now'],
  ['decline', 'Decline one try to pay; another may succeed'],
  ['expire', 'Let the checkout session expire'],
  ['refund', 'Refund a test purchase, or a part of it'],
  ['dispute', 'Dispute a test purchase'],
  ['close_dispute', 'Close its dispute, won or lost'],
] as const

/** The test clock, and what can be done to purchases of the test world: for keys of that world with `app:write`. */
export const worldCalls: readonly Operation[] = [
  read('/v1/partner/test_clock', 'Partner', 'The time in the app’s test world', {
    auth,
    answer: clockAnswer,
    failures: { '409': liveKey },
  }),
  write('/v1/partner/test_clock/advance', 'Partner', 'Move the time of the app’s test world ahead', {
    auth,
    body: advanceSchema,
    answer: clockAnswer,
    failures: { '409': liveKey },
  }),
  read(purchase, 'Partner', 'A purchase of the test world, by its id or its session’s', {
    auth,
    answer: purchaseAnswer,
    failures: { '404': 'The app has no such purchase in its test world', '409': liveKey },
  }),
  ...acts.map(([name, summary]) =>
    write(`${purchase}/${name}`, 'Partner', summary, {
      auth,
      body: testHelperSchemas[name],
      answer: purchaseAnswer,
      failures: {
        '404': 'The app has no such purchase in its test world',
        '409':
          'It cannot be done to a purchase in this state, it is paid at Stripe, or the key is of the live world (conflict)',
      },
    }),
  ),
]
