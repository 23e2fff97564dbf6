import { z } from 'zod'
import { describeWebhooks } from './describe-webhooks.ts'
import type { Auth, Operation } from './operation.ts'
import { operations } from './operations.ts'

type Json = Readonly<Record<string, unknown>>

/** The API as an OpenAPI 3.1 description, from the schemas by which the server checks what comes in. */
export function describeApi(options: { readonly publicUrl: string; readonly version: string }): Json {
  const paths: Record<string, Record<string, Json>> = {}
  for (const operation of operations) {
    const methods = paths[operation.path] ?? {}
    methods[operation.method] = describeOperation(operation)
    paths[operation.path] = methods
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'OpenCredits',
      version: options.version,
      description:
        'AI credits that an app’s users buy inside the app, and OpenAI- and Anthropic-compatible calls paid with them. Every answer carries `request-id`; errors come in the dialect of the endpoint.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: options.publicUrl }],
    security: [],
    paths,
    webhooks: describeWebhooks(),
    components: { securitySchemes, schemas: { Error: errorSchema, AnthropicError: anthropicErrorSchema } },
  }
}

const securitySchemes = {
  userKey: { type: 'apiKey', in: 'header', name: 'X-User-Key', description: 'oc_sk_…: credits pay' },
  bearer: { type: 'http', scheme: 'bearer', description: 'oc_sk_…: credits pay' },
  apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'oc_sk_…: credits pay' },
  passThroughKey: {
    type: 'apiKey',
    in: 'header',
    name: 'x-opencredits-key',
    description: 'oc_sk_…: credits never pay, but the Anthropic credential of one’s own beside it',
  },
  ownToken: { type: 'http', scheme: 'bearer', description: 'one’s own Anthropic token, for pass-through' },
  ownKey: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'one’s own Anthropic key, for pass-through' },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-oc_session',
    description: 'of a browser that is signed in on our own pages',
  },
  restrictedKey: {
    type: 'http',
    scheme: 'bearer',
    description: 'oc_rk_…: a partner’s server reads and manages its app, within the key’s scopes',
  },
  operator: { type: 'http', scheme: 'bearer', description: 'METRICS_TOKEN' },
  stripeSignature: { type: 'apiKey', in: 'header', name: 'Stripe-Signature' },
}

const payingKeys = [{ userKey: [] }, { bearer: [] }, { apiKey: [] }]

const security: Readonly<Record<Auth, readonly Json[]>> = {
  'user key': payingKeys,
  'user key or pass-through': [...payingKeys, { passThroughKey: [], ownToken: [] }, { passThroughKey: [], ownKey: [] }],
  'publishable key': [{}, ...payingKeys],
  session: [{ session: [] }],
  'own page': [],
  'restricted key': [{ restrictedKey: [] }, { session: [] }],
  member: [{ session: [] }],
  operator: [{ operator: [] }],
  signature: [{ stripeSignature: [] }],
  anyone: [],
}

const text = { type: 'string' }
const funds = {
  needed: { type: 'number', description: 'credits that the call needs; only of a 402, once the body was read' },
  available: { type: 'number', description: 'credits that can be spent; only of a 402' },
}
const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['message', 'type', 'code', 'request_id'],
      properties: {
        message: text,
        type: text,
        param: { type: ['string', 'null'] },
        code: text,
        request_id: text,
        ...funds,
      },
    },
  },
}
const anthropicErrorSchema = {
  type: 'object',
  required: ['type', 'error', 'request_id'],
  properties: {
    type: { const: 'error' },
    error: { type: 'object', required: ['type', 'message'], properties: { type: text, message: text, ...funds } },
    request_id: text,
  },
}

function describeOperation(operation: Operation): Json {
  const { method, path, group, summary, auth, body, form, example, query, headers } = operation
  const parameters = [
    ...pathParameters(path),
    ...(auth === 'restricted key' || auth === 'member' ? appParameters : []),
    ...(query === undefined ? [] : parametersOf('query', query)),
    ...(headers === undefined ? [] : parametersOf('header', headers)),
  ]
  return {
    operationId: `${method}_${path.replace(/[^a-z_]+/gi, '_').replace(/^_|_$/g, '')}`,
    tags: [group],
    summary,
    security: security[auth],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: true, content: json(schemaOf(body), example) } }),
    ...(form === undefined ? {} : { requestBody: { required: true, content: formWithFile(form) } }),
    responses: { ...goodAnswer(operation), ...failuresOf(operation) },
  }
}

function goodAnswer(operation: Operation): Json {
  const { status = 200, answer, answersInText, streams } = operation
  const headers = isPaid(operation) ? { ...anyHeaders, ...paidHeaders } : anyHeaders
  if (status === 204) return { 204: { description: 'Done', headers } }
  const content = {
    ...(answersInText !== undefined
      ? { [answersInText]: { schema: text } }
      : json(answer === undefined ? {} : schemaOf(answer))),
    ...(streams === true ? { 'text/event-stream': { schema: text } } : {}),
  }
  return { [status]: { description: status === 201 ? 'Made' : 'Good', headers, content } }
}

const anyHeaders = { 'request-id': { description: 'req_…, also in every error', schema: text } }
const paidHeaders = {
  'opencredits-billed-to': { description: 'who pays', schema: { enum: ['credits', 'passthrough'] } },
  'opencredits-charge': { description: 'credits that it cost; not on streams', schema: text },
  'opencredits-ignored-betas': {
    description: 'what anthropic-beta named and Anthropic was not asked for',
    schema: text,
  },
}

/** What is told of errors follows from what an operation takes; what does not, it names itself. */
function failuresOf(operation: Operation): Json {
  const { path, auth, body, query, failures } = operation
  const dialect = path.startsWith('/v1/messages') ? 'AnthropicError' : 'Error'
  const isAiCall = operation.group === 'AI calls' && body !== undefined
  const told: Record<string, string> = {
    ...(body === undefined && query === undefined ? {} : { 400: 'Malformed; the message names the field' }),
    ...(auth === 'session' ? { 401: 'Not signed in (not_signed_in)' } : {}),
    ...(auth === 'session' || auth === 'own page' ? { 403: 'Another site’s page asks (origin_not_allowed)' } : {}),
    ...(auth === 'restricted key' || auth === 'member' ? failuresOfPartners : {}),
    ...(auth.startsWith('user key') ? { 401: 'No key, or one that is unknown, expired or revoked' } : {}),
    ...(isPaid(operation)
      ? { 402: 'Too few credits, or the key’s budget is used up: how much is needed, and where to top up' }
      : {}),
    ...(isAiCall
      ? {
          403: 'The app is suspended (app_suspended), or the app or the key has no access to this model',
          404: 'There is no such model',
        }
      : {}),
    ...(path.includes('{id}') ? { 404: 'There is none, or it is somebody else’s' } : {}),
    ...(body === undefined ? {} : { 413: 'The body is too large' }),
    ...(isAiCall || path.startsWith('/v1/checkout/') || path.startsWith('/v1/login/') || auth === 'own page'
      ? { 429: 'Too often; see retry-after' }
      : {}),
    ...(isAiCall ? { 502: 'The provider failed; nothing was charged' } : {}),
    ...(auth === 'anyone' ? {} : { 503: 'Shutting down, or the store is away' }),
    ...failures,
  }
  return Object.fromEntries(
    Object.entries(told).map(([status, description]) => [
      status,
      { description, content: json({ $ref: `#/components/schemas/${dialect}` }) },
    ]),
  )
}

const failuresOfPartners = {
  401: 'No key and no session (missing_api_key), or none that works (invalid_api_key)',
  403: 'The key’s scopes or the member’s role lack what the message names (insufficient_scope), the app is not approved (app_suspended), or another site’s page asks (origin_not_allowed)',
  404: 'There is no such app, or one is no member of it',
  429: 'Too often; see retry-after',
}

/** Which app and which world a member calls for; a key has both in it. */
const appParameters: readonly Json[] = [
  {
    ...{ name: 'app', in: 'query', required: false, schema: text },
    description: 'par_…: for members of several apps',
  },
  {
    ...{ name: 'livemode', in: 'query', required: false, schema: { type: 'string', enum: ['true', 'false'] } },
    description: 'false: the test world; default true. For members; a key is of one world',
  },
]

/** Every call of a model but the one that only counts. */
function isPaid({ group, body, answer }: Operation): boolean {
  return group === 'AI calls' && body !== undefined && answer === undefined
}

function json(schema: Json, example?: Json): Json {
  return { 'application/json': { schema, ...(example === undefined ? {} : { example }) } }
}

function formWithFile(form: z.ZodType): Json {
  const { properties, required = [], ...schema } = schemaOf(form) as { properties?: Json; required?: string[] }
  const file = { type: 'string', contentMediaType: 'application/octet-stream' }
  return {
    'multipart/form-data': {
      schema: { ...schema, properties: { file, ...properties }, required: ['file', ...required] },
    },
  }
}

function pathParameters(path: string): readonly Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: text }))
}

function parametersOf(place: 'query' | 'header', parameters: z.ZodObject): readonly Json[] {
  const { properties = {}, required = [] } = schemaOf(parameters) as {
    properties?: Record<string, Json>
    required?: string[]
  }
  return Object.entries(properties).map(([name, schema]) => ({
    ...{ name, in: place, required: required.includes(name), schema },
    // `models=a,b` and `models=a&models=b` both work.
    ...(schema.type === 'array' ? { style: 'form', explode: true } : {}),
  }))
}

function schemaOf(schema: z.ZodType): Json {
  const { $schema: _dialect, ...described } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return described
}
