import type {
  BalanceResponse,
  CheckoutSessionResponse,
  ClaimablePurchase,
  ConsentRequiredResponse,
  ConsentResponse,
  CreateCheckoutSessionResponse,
  LoginCodeResponse,
  LoginVerifyResponse,
  MeResponse,
  PreflightResponse,
  PricingResponse,
  RequestResponse,
} from '@opencredits/protocol'
import { z } from 'zod'

/**
 * What good answers are like. Nothing that goes out is checked by these at run time; where the SDK reads an answer its own
 * type is kept here too, and `e2e/process/reference.test.ts` holds each against what a server really says.
 */

const id = z.string()
const credits = z.number().describe('credits; 100 are USD 1')
const seconds = z.number().int().describe('seconds since 1970')
const time = z.iso.datetime()
const userKey = z.string().describe('oc_sk_…')
const count = z.number().int()

export const modelAnswer = z.object({
  id,
  name: z.string(),
  context_window: count,
  max_tokens: count,
  type: z.string(),
  object: z.literal('model').optional(),
  created: seconds.optional(),
  owned_by: z.string().optional(),
  display_name: z.string().optional().describe('with anthropic-version, as are the next two'),
  created_at: time.optional(),
  max_input_tokens: count.optional(),
})

export const modelsAnswer = z.object({
  object: z.literal('list').optional(),
  data: z.array(modelAnswer),
  first_id: id.nullable().optional(),
  last_id: id.nullable().optional(),
  has_more: z.boolean().optional(),
})

export const countAnswer = z.object({ input_tokens: count })

/** OpenAI's own shape: only what is certain of it is told. */
export const keptResponseAnswer = z.looseObject({
  id,
  object: z.literal('response'),
  created_at: seconds,
  status: z.enum(['completed', 'incomplete']),
  model: z.string(),
  output: z.array(z.looseObject({ id: id.optional(), type: z.string() })),
  previous_response_id: id.nullable(),
  store: z.literal(true),
})

export const inputItemsAnswer = z.object({
  object: z.literal('list'),
  data: z.array(z.looseObject({ id, type: z.string() })),
  first_id: id.nullable(),
  last_id: id.nullable(),
  has_more: z.boolean(),
})

export const forgottenResponseAnswer = z.object({ id, object: z.literal('response'), deleted: z.literal(true) })

const livemode = z.boolean().describe('false in the test world, where no real money moves')

export const balanceAnswer = z.object({
  livemode,
  balance: credits.describe('what this key can spend: the scarcer of the wallet and its budget'),
  held: credits.describe('set aside for calls that are running'),
  currency: z.literal('credits'),
}) satisfies z.ZodType<BalanceResponse>

export const preflightAnswer = z.object({
  is_sandbox: z.boolean().describe('no real money moves'),
  currencies: z.array(z.string()).describe('what can be paid in, ISO 4217, lower case'),
}) satisfies z.ZodType<PreflightResponse>

export const moneyAnswer = z.object({ balance: z.number(), currency: z.string().describe('ISO 4217, upper case') })

export const historyAnswer = z.object({
  data: z.array(
    z.object({
      id,
      type: z.string().describe('usage, purchase, refund, grant, merge, …'),
      credits: credits.describe('negative where credits were spent'),
      created_at: time,
      request_id: id.optional(),
      model: z.string().optional(),
      input_tokens: count.nullable().optional(),
      output_tokens: count.nullable().optional(),
      estimated: z.boolean().optional(),
    }),
  ),
  total: count,
  has_more: z.boolean(),
  next: z.string().nullable().describe('the `after` of the next page'),
})

const buckets = (amount: z.ZodType<number | null>) => ({
  input: amount,
  cache_read: amount,
  cache_write_5m: amount,
  cache_write_1h: amount,
  output: amount,
})

const pricesOfRun = z.object({ ...buckets(credits.nullable()), web_searches_per_thousand: credits.nullable() })

export const requestAnswer = z.object({
  request_id: id,
  status: z.string().describe('running, settled, released, …'),
  ending: z.string().nullable(),
  explanation: z.string().describe('the ending, and what it means for the charge, in words'),
  endpoint: z.string(),
  model: z.string(),
  stream: z.boolean(),
  billed_to: z.enum(['credits', 'passthrough']),
  estimated: z.boolean(),
  tokens: z.object({ ...buckets(count.nullable()), web_searches: count.nullable() }).nullable(),
  prices: pricesOfRun.describe('credits per million tokens'),
  runs: z
    .array(
      z.object({
        kind: z.enum(['message', 'compaction', 'advisor', 'fallback', 'other']),
        model: z.string().nullable().describe('what the provider calls it; null: the model of the call'),
        tokens: z.object({ ...buckets(count), web_searches: count }),
        prices: pricesOfRun,
      }),
    )
    .nullable()
    .describe('where the provider counts the runs of several models apart: all of them, each billed at its own prices'),
  referral_rate: z.number(),
  fee_rate: z.number(),
  held: credits.nullable().describe('at admission; after the end, all that was held by then'),
  provider_cost: credits.nullable(),
  referral_share: credits
    .nullable()
    .describe('what the partner got: nothing if the user did not pay the provider’s cost in full'),
  fee: credits.nullable().describe('what the operator got on top of the cost'),
  charge: credits
    .nullable()
    .describe('what the user paid: provider_cost less paid_by_operator, plus referral_share and fee'),
  paid_by_operator: credits
    .nullable()
    .describe('the part of provider_cost that neither the hold nor the wallet covered'),
  above_hold: credits.nullable().describe('cost, share and fee above what was held; such a call marks its user'),
  above_budget: credits.nullable().describe('the part of the charge that went past the key’s budget'),
  max_tokens: z.object({
    requested: count.nullable(),
    sent: count.nullable(),
    clamped: z.boolean().describe('true if the credits covered fewer tokens than were asked for'),
  }),
  http_status: count.nullable(),
  error: z.string().nullable(),
  created_at: time,
  ended_at: time.nullable(),
  first_byte_ms: z.number().nullable(),
}) satisfies z.ZodType<RequestResponse>

export const routeAnswer = z.object({
  billed_to: z.enum(['credits', 'passthrough', 'nobody']),
  provider: z.enum(['anthropic']).nullable(),
  reason: z.string(),
  error: z.object({ status: count, type: z.string(), message: z.string() }).nullable(),
})

export const pricingAnswer = z.object({
  token_assumption: z.object({ input: count, output: count }),
  default_model: id.nullable().describe('the app’s own choice, else the one that it uses most'),
  models: z.array(z.object({ id, name: z.string(), credits_per_request: credits })),
}) satisfies z.ZodType<PricingResponse>

export const newCheckoutAnswer = z.object({
  session_id: id,
  livemode,
  user_key: userKey.describe('the caller’s own, or a new guest’s'),
  checkout_url: z.string().exactOptional().describe('the payment page (new_tab, manual)'),
  client_secret: z.string().exactOptional().describe('for Stripe.js (embedded)'),
  expires_at: seconds,
}) satisfies z.ZodType<CreateCheckoutSessionResponse>

export const checkoutAnswer = z.object({
  session_id: id,
  livemode,
  status: z.enum(['open', 'processing', 'complete', 'expired', 'failed']),
  balance: credits,
  credits_added: credits.describe('0 until it is complete'),
  amount: z.number().describe('major units of the currency'),
  currency: z.string(),
  failure: z.string().exactOptional().describe('why it failed, in words for the user'),
  cancelled: z.literal(true).exactOptional().describe('the user went back on Stripe’s page; nothing was charged'),
  email_hint: z
    .string()
    .exactOptional()
    .describe('of a guest: the address that Stripe collected, masked (a•••@example.com)'),
}) satisfies z.ZodType<CheckoutSessionResponse>

export const webhookAnswer = z.object({ received: z.boolean() })

export const loginCodeAnswer = z.object({
  login_id: id,
  livemode: livemode.describe('false: no mail was sent, and the code is 42424242'),
  expires_at: seconds,
}) satisfies z.ZodType<LoginCodeResponse>

export const claimableAnswer = z.object({
  purchase_id: id,
  app_name: z.string(),
  credits: credits.describe('what is left of it'),
  amount: z.number().describe('major units of the currency'),
  currency: z.string(),
  purchased_at: seconds,
}) satisfies z.ZodType<ClaimablePurchase>

const ofFrame = {
  livemode,
  email: z.string().nullable().describe('for the checkout’s frame only'),
  session_token: z
    .string()
    .exactOptional()
    .describe('for the checkout’s frame only, where the browser takes no cookie'),
}

const keyOfSignIn = z.object({
  user_key: userKey.describe('oc_sk_…, shown once; where the user has allowed this app something'),
  balance: credits.describe('what this key can spend'),
  claimable: z.array(claimableAnswer).describe('bought as a guest with this address; for the checkout’s frame only'),
  ...ofFrame,
}) satisfies z.ZodType<LoginVerifyResponse>

const consentRequired = z.object({
  consent_required: z.literal(true),
  consent_id: z.string().describe('kept by the browser that signed in; answered with POST /v1/login/consent'),
  app: z.object({ name: z.string(), logo_url: z.string().nullable(), website: z.string().nullable() }),
  balance: credits.describe(
    'the whole wallet, for the checkout’s frame; else what the suggestion would let the app spend',
  ),
  suggested: z.object({ budget: credits, window: z.enum(['total', 'day', 'week', 'month']) }),
  ...ofFrame,
}) satisfies z.ZodType<ConsentRequiredResponse>

export const signedInAnswer = z.union([keyOfSignIn, consentRequired])

export const consentAnswer = z.object({
  livemode,
  user_key: userKey.describe('oc_sk_…, shown once'),
  balance: credits.describe('what this key can spend'),
  claimable: z.array(claimableAnswer).exactOptional().describe('for the checkout’s frame only'),
}) satisfies z.ZodType<ConsentResponse>

export const meAnswer = z.object({
  email: z.null().describe('whose key it is, only the account’s session tells: GET /v1/session'),
  is_guest: z.boolean(),
  livemode,
  balance: credits,
}) satisfies z.ZodType<MeResponse>

export const keyAnswer = z.object({
  id,
  name: z.string().nullable(),
  source: z.string(),
  last_four: z.string(),
  status: z.enum(['active', 'expired', 'revoked']),
  budget: credits.nullable(),
  window: z.enum(['total', 'day', 'week', 'month']).nullable(),
  spent: credits.nullable().describe('in the window that runs now, with all keys of the app'),
  rpm: count.nullable(),
  models: z.array(z.string()).nullable(),
  created_at: seconds,
  expires_at: seconds.nullable(),
  last_used_at: seconds.nullable(),
})

export const keysAnswer = z.object({ data: z.array(keyAnswer) })
export const deletedKeyAnswer = z.object({ id, deleted: z.literal(true) })

export const revokedKeysAnswer = z.object({ revoked: count })

const mode = z.enum(['sandbox', 'live'])
const storeState = z.enum(['ok', 'unavailable'])
export const healthAnswer = z.object({ status: z.enum(['ok', 'draining', 'unavailable']), database: storeState, mode })
export const livenessAnswer = z.object({ status: z.literal('ok'), mode })
