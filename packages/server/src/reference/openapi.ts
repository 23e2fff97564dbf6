import { z } from 'zod'
import { type Auth, type Operation, operations } from './operations.ts'

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
    components: { securitySchemes, schemas: { Error: errorSchema, AnthropicError: anthropicErrorSchema } },
  }
}

const securitySchemes = {
  userKey: { type: 'apiKey', in: 'header', name: 'X-User-Key', description: 'oc_sk_…: credits pay' },
  bearer: { type: 'http', scheme: 'bearer', description: 'oc_sk_…: credits pay' },
  apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'oc_sk_…: credits pay' },
  operator: { type: 'http', scheme: 'bearer', description: 'METRICS_TOKEN' },
  stripeSignature: { type: 'apiKey', in: 'header', name: 'Stripe-Signature' },
}

const security: Readonly<Record<Auth, readonly Json[]>> = {
  'user key': [{ userKey: [] }, { bearer: [] }, { apiKey: [] }],
  // It stands in the body or the query: it names an app and is no secret.
  'publishable key': [],
  operator: [{ operator: [] }],
  signature: [{ stripeSignature: [] }],
  anyone: [],
}

const text = { type: 'string' }
const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['message', 'type', 'code', 'request_id'],
      properties: { message: text, type: text, param: { type: ['string', 'null'] }, code: text, request_id: text },
    },
  },
}
const anthropicErrorSchema = {
  type: 'object',
  required: ['type', 'error', 'request_id'],
  properties: {
    type: { const: 'error' },
    error: { type: 'object', required: ['type', 'message'], properties: { type: text, message: text } },
    request_id: text,
  },
}

function describeOperation(operation: Operation): Json {
  const { method, path, group, summary, auth, body, query } = operation
  const parameters = [...pathParameters(path), ...(query === undefined ? [] : queryParameters(query))]
  return {
    operationId: `${method}_${path.replace(/[^a-z_]+/gi, '_').replace(/^_|_$/g, '')}`,
    tags: [group],
    summary,
    security: security[auth],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: true, content: json(schemaOf(body)) } }),
    responses: responsesOf(operation),
  }
}

function responsesOf({ path, auth, body, answer, streams }: Operation): Json {
  const dialect = path.startsWith('/v1/messages') ? 'AnthropicError' : 'Error'
  const error = (description: string) => ({ description, content: json({ $ref: `#/components/schemas/${dialect}` }) })
  const isAiCall = streams === true || path === '/v1/embeddings'
  return {
    '200': {
      description: 'Good',
      content: {
        ...json(answer === undefined ? {} : schemaOf(answer)),
        ...(streams === true ? { 'text/event-stream': { schema: text } } : {}),
      },
    },
    ...(body === undefined ? {} : { '400': error('Malformed; the message names the field') }),
    ...(auth === 'user key' ? { '401': error('No key, or one that is unknown, expired or revoked') } : {}),
    ...(isAiCall
      ? {
          '402': error('Too few credits, or the key’s budget is used up: how much is needed, and where to top up'),
          '403': error('The app or the key has no access to this model'),
          '404': error('There is no such model'),
          '502': error('The provider failed; nothing was charged'),
        }
      : {}),
    '429': error('Too often; see retry-after'),
    '503': error('Shutting down, or the store is away'),
  }
}

function json(schema: Json): Json {
  return { 'application/json': { schema } }
}

function pathParameters(path: string): readonly Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: text }))
}

function queryParameters(query: z.ZodObject): readonly Json[] {
  const { properties = {}, required = [] } = schemaOf(query) as {
    properties?: Record<string, Json>
    required?: string[]
  }
  return Object.entries(properties).map(([name, schema]) => ({
    ...{ name, in: 'query', required: required.includes(name), schema },
  }))
}

function schemaOf(schema: z.ZodType): Json {
  const { $schema: _dialect, ...described } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return described
}
