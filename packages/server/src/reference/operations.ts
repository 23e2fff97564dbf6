import { z } from 'zod'
import { checkoutSessionSchema } from '../checkout/checkout-routes.ts'
import { openedSchema } from '../checkout/open-routes.ts'
import { preflightSchema } from '../checkout/preflight-routes.ts'
import { consentSchema } from '../consent/consent-routes.ts'
import { loginCodesSchema, loginVerifySchema } from '../consent/login-routes.ts'
import { historyQuerySchema, pricingSchema } from '../credits/credits-routes.ts'
import { inputItemsQuerySchema, keptResponseQuerySchema } from '../gateway/kept-routes.ts'
import { messagesRequestSchema } from '../wires/anthropic-messages/parse-request.ts'
import { chatRequestSchema } from '../wires/openai-chat/parse-request.ts'
import { embeddingsRequestSchema } from '../wires/openai-embeddings/parse-request.ts'
import { responsesRequestSchema } from '../wires/openai-responses/parse-request.ts'
import { ownAccountCalls } from './account-operations.ts'
import * as answers from './answers.ts'
import { appCalls } from './app-operations.ts'
import { batchCalls } from './batch-operations.ts'
import { claimCalls } from './claim-operations.ts'
import { fileCalls } from './file-operations.ts'
import { memberCalls } from './member-operations.ts'
import { type Operation, read, write } from './operation.ts'
import { partnerCalls } from './partner-operations.ts'
import { sessionCalls } from './session-operations.ts'
import { setupCalls } from './setup-operations.ts'
import { webhookCalls } from './webhook-operations.ts'
import { worldCalls } from './world-operations.ts'

const anthropicVersion = z.object({
  'anthropic-version': z.string().optional().describe('with it the answer has Anthropic’s shape'),
})
const idempotencyKey = z.object({
  'idempotency-key': z
    .string()
    .optional()
    .describe(
      'the same request with the same key opens one checkout; a guest’s key is told again for ten minutes only',
    ),
})

function aiCall(path: string, summary: string, more: Partial<Operation>): Operation {
  return { method: 'post', path, group: 'AI calls', summary, auth: 'user key', ...more }
}

const anthropicPrompt = {
  model: 'anthropic/claude-sonnet-4-5-20250929',
  messages: [{ role: 'user', content: 'Why is the sky blue?' }],
}

const aiCalls: readonly Operation[] = [
  aiCall('/v1/chat/completions', 'OpenAI’s Chat Completions, for every model', {
    body: chatRequestSchema,
    example: { model: 'openai/gpt-4o', messages: [{ role: 'user', content: 'Why is the sky blue?' }] },
    streams: true,
  }),
  aiCall('/v1/responses', 'OpenAI’s Responses, for every model; kept for the caller unless store is false', {
    body: responsesRequestSchema,
    example: { model: 'openai/gpt-4o', input: 'Why is the sky blue?' },
    streams: true,
  }),
  aiCall('/v1/embeddings', 'OpenAI’s Embeddings', {
    body: embeddingsRequestSchema,
    example: { model: 'openai/text-embedding-3-small', input: 'The sky is blue.' },
  }),
  aiCall('/v1/messages', 'Anthropic’s Messages, for every model', {
    auth: 'user key or pass-through',
    body: messagesRequestSchema,
    example: { ...anthropicPrompt, max_tokens: 1024 },
    streams: true,
  }),
  aiCall('/v1/messages/count_tokens', 'How many tokens a prompt has; never billed', {
    auth: 'user key or pass-through',
    body: messagesRequestSchema.omit({ max_tokens: true }),
    example: anthropicPrompt,
    answer: answers.countAnswer,
  }),
]

const modelCalls: readonly Operation[] = [
  read('/v1/models', 'AI calls', 'The models on offer', {
    auth: 'anyone',
    headers: anthropicVersion,
    answer: answers.modelsAnswer,
  }),
  read('/v1/models/{id}', 'AI calls', 'One model; its id may have its slash as it is', {
    auth: 'anyone',
    headers: anthropicVersion,
    answer: answers.modelAnswer,
  }),
]

const keptCalls: readonly Operation[] = [
  read('/v1/responses/{id}', 'AI calls', 'A response that is kept here, as it was answered', {
    query: keptResponseQuerySchema,
    answer: answers.keptResponseAnswer,
  }),
  read('/v1/responses/{id}/input_items', 'AI calls', 'What was sent with it, in pages', {
    query: inputItemsQuerySchema,
    answer: answers.inputItemsAnswer,
  }),
  {
    ...read('/v1/responses/{id}', 'AI calls', 'Forgets a response that is kept here', {
      answer: answers.forgottenResponseAnswer,
    }),
    method: 'delete',
  },
]

const creditCalls: readonly Operation[] = [
  read('/v1/credits/balance', 'Credits', 'What can be spent, and what is held', { answer: answers.balanceAnswer }),
  read('/v1/credits', 'Credits', 'The balance in money', {
    query: z.object({ currency: z.string().default('usd') }),
    answer: answers.moneyAnswer,
    failures: { '400': 'The currency is not enabled here' },
  }),
  read('/v1/credits/history', 'Credits', 'Purchases, refunds and usage, newest first', {
    query: historyQuerySchema,
    answer: answers.historyAnswer,
  }),
  read('/v1/credits/requests/{id}', 'Credits', 'One call, whole: tokens, prices, cost, share, charge, how it ended', {
    answer: answers.requestAnswer,
  }),
  read(
    '/v1/credits/route',
    'Credits',
    'Who pays for a call with these headers: credits, your own Anthropic credential, or nobody',
    {
      auth: 'anyone',
      headers: z.object({
        'x-user-key': z.string().optional(),
        'x-api-key': z.string().optional(),
        'x-opencredits-key': z.string().optional().describe('asks for pass-through'),
      }),
      answer: answers.routeAnswer,
    },
  ),
  ...(['get', 'post'] as const).map((method) =>
    read('/v1/credits/pricing', 'Credits', 'What a request costs with each of the app’s models', {
      method,
      auth: 'publishable key',
      ...(method === 'post' ? { body: pricingSchema } : { query: pricingSchema }),
      answer: answers.pricingAnswer,
      failures: { '403': 'The app is suspended (app_suspended)' },
    }),
  ),
]

const checkoutCalls: readonly Operation[] = [
  write('/v1/checkout/sessions', 'Checkout', 'Open a checkout, for a new guest or the user of the key', {
    auth: 'publishable key',
    headers: idempotencyKey,
    body: checkoutSessionSchema,
    answer: answers.newCheckoutAnswer,
    failures: {
      '403': 'The app is suspended (app_suspended), or the page is not one of the app’s (origin_not_allowed)',
      '409': 'The Idempotency-Key belongs to another request, or to a guest’s checkout of more than ten minutes ago',
      '502': 'Stripe refused; nothing was charged',
    },
  }),
  read('/v1/checkout/sessions/{id}', 'Checkout', 'How a checkout stands', { answer: answers.checkoutAnswer }),
  write(
    '/v1/checkout/opens',
    'Checkout',
    'Count that a user sees the checkout, once a browser and day; from its frame',
    {
      auth: 'own page',
      body: openedSchema,
      status: 204,
    },
  ),
  read('/v1/checkout/preflight', 'Checkout', 'Whether the checkout would come up in a page, and if not, what to do', {
    auth: 'publishable key',
    query: preflightSchema,
    answer: answers.preflightAnswer,
    failures: {
      '403':
        'The page is not one of the app’s (origin_not_allowed); the message says what to do. Browsers get the same body with 200',
    },
  }),
  write('/webhooks/stripe', 'Checkout', 'Stripe’s events: the only way in for money', {
    auth: 'signature',
    body: z.looseObject({}),
    answer: answers.webhookAnswer,
    failures: { '409': 'What the event is about is not known yet; Stripe sends it again' },
  }),
]

/** Nothing ever comes of it. */
const refused = z.never()
const notForKeys = 'A key spends and manages nothing (session_required)'

const foreignPage = 'The page is not one of the app’s (origin_not_allowed)'

const accountCalls: readonly Operation[] = [
  write('/v1/login/codes', 'Sign-in', 'Mail an eight-digit code', {
    auth: 'publishable key',
    body: loginCodesSchema,
    answer: answers.loginCodeAnswer,
    failures: {
      '403': foreignPage,
      '500': 'The mail could not be sent',
      '503': 'This server has no mail server (mail_unavailable), is shutting down, or the store is away',
    },
  }),
  write('/v1/login/verify', 'Sign-in', 'Sign in with the code; a guest’s credits come along with the guest’s key', {
    auth: 'publishable key',
    body: loginVerifySchema,
    answer: answers.signedInAnswer,
    failures: { '403': foreignPage },
  }),
  write('/v1/login/consent', 'Sign-in', 'Say what the app may spend, after a sign-in that asked for it', {
    auth: 'own page',
    body: consentSchema,
    answer: answers.consentAnswer,
    failures: { '403': 'An app’s page answers for its user (origin_not_allowed)' },
  }),
  write('/v1/logout', 'Sign-in', 'End this sign-in: the key, and the session that was opened with it', {
    status: 204,
    failures: { '403': notForKeys },
  }),
  read('/v1/me', 'Sign-in', 'What this key is, and what it can spend', { answer: answers.meAnswer }),
  read('/v1/keys', 'Keys', 'This key and its limits; a key sees no other', { answer: answers.keysAnswer }),
  write('/v1/keys', 'Keys', 'Always refused: keys are made on the account page', {
    answer: refused,
    failures: { '403': notForKeys },
  }),
  write('/v1/keys/{id}', 'Keys', 'Always refused: limits are changed on the account page', {
    method: 'patch',
    answer: refused,
    failures: { '403': notForKeys },
  }),
  write('/v1/keys/{id}', 'Keys', 'End this key', {
    method: 'delete',
    answer: answers.deletedKeyAnswer,
    failures: { '403': notForKeys },
  }),
  write('/v1/keys/revoke_all', 'Keys', 'Always refused: the emergency stop is on the account page', {
    answer: refused,
    failures: { '403': notForKeys },
  }),
]

export const operations: readonly Operation[] = [
  ...aiCalls,
  ...modelCalls,
  ...keptCalls,
  ...fileCalls,
  ...batchCalls,
  ...creditCalls,
  ...checkoutCalls,
  ...accountCalls,
  ...sessionCalls,
  ...ownAccountCalls,
  ...claimCalls,
  ...memberCalls,
  ...webhookCalls,
  ...worldCalls,
  ...partnerCalls,
  ...setupCalls,
  ...appCalls,
  read('/v1/health', 'Operation', 'Readiness, the database included; 503 with the same body when not ready', {
    auth: 'anyone',
    answer: answers.healthAnswer,
  }),
  read('/v1/health/live', 'Operation', 'Liveness', { auth: 'anyone', answer: answers.livenessAnswer }),
  read('/metrics', 'Operation', 'Figures for Prometheus', {
    auth: 'operator',
    answersInText: 'text/plain',
    failures: { '404': 'Not the operator: METRICS_TOKEN, or without one a caller on this machine' },
  }),
]
