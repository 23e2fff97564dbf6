import { z } from 'zod'
import { checkoutSessionSchema } from '../checkout/checkout-routes.ts'
import { historyQuerySchema, pricingSchema } from '../credits/credits-routes.ts'
import { changedKeySchema, newKeySchema } from '../keys/key-routes.ts'
import { loginCodesSchema, loginVerifySchema } from '../users/login-routes.ts'
import { messagesRequestSchema } from '../wires/anthropic-messages/parse-request.ts'
import { chatRequestSchema } from '../wires/openai-chat/parse-request.ts'
import { embeddingsRequestSchema } from '../wires/openai-embeddings/parse-request.ts'
import { responsesRequestSchema } from '../wires/openai-responses/parse-request.ts'

export type Auth = 'user key' | 'publishable key' | 'operator' | 'signature' | 'anyone'

/** One line of the API. The schemas are those by which the server checks what comes in. */
export interface Operation {
  readonly method: 'get' | 'post' | 'patch' | 'delete'
  readonly path: string
  readonly group: 'AI calls' | 'Credits' | 'Checkout' | 'Sign-in' | 'Keys' | 'Operation'
  readonly summary: string
  readonly auth: Auth
  readonly body?: z.ZodType
  readonly query?: z.ZodObject
  /** What a good answer is like, where it is not another company's format. */
  readonly answer?: z.ZodType
  /** Answers as a stream of events when the body asks for it. */
  readonly streams?: boolean
}

const credits = z.number().describe('credits; 100 are USD 1')
const id = z.string()
const user = { user_key: z.string().describe('oc_sk_…, shown once'), balance: credits }

const aiCalls: readonly Operation[] = [
  ...(
    [
      ['/v1/chat/completions', 'OpenAI’s Chat Completions, for every model', chatRequestSchema],
      ['/v1/responses', 'OpenAI’s Responses without memory, for every model', responsesRequestSchema],
      [
        '/v1/messages',
        'Anthropic’s Messages, for every model; pass-through with x-opencredits-key',
        messagesRequestSchema,
      ],
    ] as const
  ).map(
    ([path, summary, body]): Operation => ({
      ...{ method: 'post', path, group: 'AI calls', summary, auth: 'user key', body, streams: true },
    }),
  ),
  {
    ...{ method: 'post', path: '/v1/embeddings', group: 'AI calls', summary: 'OpenAI’s Embeddings', auth: 'user key' },
    body: embeddingsRequestSchema,
  },
  {
    ...{ method: 'post', path: '/v1/messages/count_tokens', group: 'AI calls', auth: 'user key' },
    summary: 'How many tokens a prompt has; never billed',
    body: messagesRequestSchema.omit({ max_tokens: true }),
    answer: z.object({ input_tokens: z.number().int() }),
  },
  {
    ...{ method: 'get', path: '/v1/models', group: 'AI calls', auth: 'anyone' },
    summary: 'The models; in Anthropic’s shape when anthropic-version is sent',
    answer: z.object({
      data: z.array(z.looseObject({ id, name: z.string(), context_window: z.number(), max_tokens: z.number() })),
    }),
  },
  { method: 'get', path: '/v1/models/{id}', group: 'AI calls', summary: 'One model', auth: 'anyone' },
]

const creditCalls: readonly Operation[] = [
  {
    ...{
      method: 'get',
      path: '/v1/credits/balance',
      group: 'Credits',
      summary: 'What can be spent, and what is held',
      auth: 'user key',
    },
    answer: z.object({ balance: credits, held: credits, currency: z.literal('credits') }),
  },
  {
    ...{ method: 'get', path: '/v1/credits', group: 'Credits', summary: 'The balance in money', auth: 'user key' },
    query: z.object({ currency: z.string().optional() }),
    answer: z.object({ balance: z.number(), currency: z.string() }),
  },
  {
    ...{ method: 'get', path: '/v1/credits/history', group: 'Credits', auth: 'user key' },
    summary: 'Purchases, refunds and usage, newest first',
    query: historyQuerySchema,
  },
  {
    ...{ method: 'get', path: '/v1/credits/requests/{id}', group: 'Credits', auth: 'user key' },
    summary: 'One call, whole: tokens, prices, cost, share, charge, how it ended',
  },
  {
    ...{ method: 'get', path: '/v1/credits/route', group: 'Credits', auth: 'anyone' },
    summary: 'Who would pay for a call with these headers',
    answer: z.object({
      billed_to: z.enum(['credits', 'passthrough', 'nobody']),
      provider: z.enum(['anthropic']).nullable(),
      reason: z.string(),
      error: z.object({ status: z.number(), type: z.string(), message: z.string() }).nullable(),
    }),
  },
  ...(['get', 'post'] as const).map(
    (method): Operation => ({
      ...{ method, path: '/v1/credits/pricing', group: 'Credits', auth: 'publishable key' },
      summary: 'What a request costs with each of the app’s models',
      ...(method === 'post' ? { body: pricingSchema } : { query: pricingSchema }),
    }),
  ),
]

const checkoutCalls: readonly Operation[] = [
  {
    ...{ method: 'post', path: '/v1/checkout/sessions', group: 'Checkout', auth: 'publishable key' },
    summary: 'Open a checkout; Idempotency-Key is honoured',
    body: checkoutSessionSchema,
    answer: z.object({
      ...{ session_id: id, user_key: z.string(), expires_at: z.number() },
      ...{ checkout_url: z.string().optional(), client_secret: z.string().optional() },
    }),
  },
  {
    ...{
      method: 'get',
      path: '/v1/checkout/sessions/{id}',
      group: 'Checkout',
      summary: 'How a checkout stands',
      auth: 'user key',
    },
    answer: z.object({
      status: z.enum(['open', 'complete', 'expired', 'failed']),
      balance: credits,
      credits_added: credits,
    }),
  },
  {
    ...{ method: 'post', path: '/webhooks/stripe', group: 'Checkout', auth: 'signature' },
    summary: 'Stripe’s events: the only way in for money',
  },
]

const accountCalls: readonly Operation[] = [
  {
    ...{
      method: 'post',
      path: '/v1/login/codes',
      group: 'Sign-in',
      summary: 'Mail a six-digit code',
      auth: 'publishable key',
    },
    body: loginCodesSchema,
  },
  {
    ...{
      method: 'post',
      path: '/v1/login/verify',
      group: 'Sign-in',
      summary: 'Sign in with the code',
      auth: 'publishable key',
    },
    body: loginVerifySchema,
    answer: z.looseObject(user),
  },
  { method: 'post', path: '/v1/logout', group: 'Sign-in', summary: 'Revoke this key', auth: 'user key' },
  { method: 'get', path: '/v1/me', group: 'Sign-in', summary: 'Who this key belongs to', auth: 'user key' },
  { method: 'get', path: '/v1/keys', group: 'Keys', summary: 'The user’s keys', auth: 'user key' },
  {
    ...{
      method: 'post',
      path: '/v1/keys',
      group: 'Keys',
      summary: 'A key with limits of its own; shown once',
      auth: 'user key',
    },
    body: newKeySchema,
  },
  {
    ...{ method: 'patch', path: '/v1/keys/{id}', group: 'Keys', summary: 'Change a key’s limits', auth: 'user key' },
    body: changedKeySchema,
  },
  { method: 'delete', path: '/v1/keys/{id}', group: 'Keys', summary: 'Revoke a key', auth: 'user key' },
  {
    ...{ method: 'post', path: '/v1/keys/revoke_all', group: 'Keys', auth: 'user key' },
    summary: 'The emergency stop: revoke every key of the user',
  },
]

export const operations: readonly Operation[] = [
  ...aiCalls,
  ...creditCalls,
  ...checkoutCalls,
  ...accountCalls,
  {
    method: 'get',
    path: '/v1/health',
    group: 'Operation',
    summary: 'Readiness, the database included',
    auth: 'anyone',
  },
  { method: 'get', path: '/v1/health/live', group: 'Operation', summary: 'Liveness', auth: 'anyone' },
  { method: 'get', path: '/metrics', group: 'Operation', summary: 'Figures for Prometheus', auth: 'operator' },
]
