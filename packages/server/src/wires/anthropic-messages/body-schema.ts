import { z } from 'zod'

/** The parts of a Messages body that translation reads; what is not named here is refused or a hint (`read-prompt.ts`). */

const cacheControl = z.looseObject({ type: z.literal('ephemeral'), ttl: z.enum(['5m', '1h']).nullish() }).nullish()

const text = z.looseObject({ type: z.literal('text'), text: z.string(), cache_control: cacheControl })

const base64 = z.object({ type: z.literal('base64'), media_type: z.string(), data: z.string() })
const url = z.object({ type: z.literal('url'), url: z.string() })

const image = z.looseObject({
  type: z.literal('image'),
  source: z.discriminatedUnion('type', [base64, url]),
  cache_control: cacheControl,
})

const document = z.looseObject({
  type: z.literal('document'),
  source: z.discriminatedUnion('type', [
    base64,
    url,
    z.looseObject({ type: z.literal('text'), data: z.string() }),
    z.looseObject({
      type: z.literal('content'),
      content: z.union([z.string(), z.array(z.discriminatedUnion('type', [text, image]))]),
    }),
  ]),
  title: z.string().nullish(),
  context: z.string().nullish(),
  cache_control: cacheControl,
})

const toolResult = z.looseObject({
  type: z.literal('tool_result'),
  tool_use_id: z.string(),
  content: z.union([z.string(), z.array(z.discriminatedUnion('type', [text, image, document]))]).nullish(),
  is_error: z.boolean().nullish(),
  cache_control: cacheControl,
})

const userBlock = z.discriminatedUnion('type', [text, image, document, toolResult])

const assistantBlock = z.discriminatedUnion('type', [
  text,
  z.looseObject({ type: z.literal('thinking'), thinking: z.string(), signature: z.string().nullish() }),
  z.looseObject({ type: z.literal('redacted_thinking'), data: z.string() }),
  z.looseObject({
    type: z.literal('tool_use'),
    id: z.string(),
    name: z.string(),
    input: z.unknown(),
    cache_control: cacheControl,
  }),
])

const message = z.discriminatedUnion('role', [
  z.looseObject({ role: z.literal('user'), content: z.union([z.string(), z.array(userBlock)]) }),
  z.looseObject({ role: z.literal('assistant'), content: z.union([z.string(), z.array(assistantBlock)]) }),
  // Claude Code says system messages among the turns.
  z.looseObject({ role: z.literal('system'), content: z.union([z.string(), z.array(text)]) }),
])

const tool = z.looseObject({
  type: z.literal('custom', 'this model has no such tool; only tools of your own (type custom) work with it').nullish(),
  name: z.string().min(1),
  description: z.string().nullish(),
  input_schema: z.record(z.string(), z.unknown()),
  strict: z.boolean().nullish(),
  cache_control: cacheControl,
})

const parallel = { disable_parallel_tool_use: z.boolean().nullish() }

export const messagesBodySchema = z.looseObject({
  system: z.union([z.string(), z.array(text)]).nullish(),
  messages: z.array(message).min(1),
  tools: z.array(tool).nullish(),
  tool_choice: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('auto'), ...parallel }),
      z.object({ type: z.literal('any'), ...parallel }),
      z.object({ type: z.literal('tool'), name: z.string(), ...parallel }),
      z.object({ type: z.literal('none') }),
    ])
    .nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  stop_sequences: z.array(z.string()).nullish(),
  thinking: z
    .discriminatedUnion('type', [
      z.looseObject({ type: z.literal('enabled'), budget_tokens: z.number().int().min(1024) }),
      z.looseObject({ type: z.literal('disabled') }),
      z.looseObject({ type: z.literal('adaptive') }),
      z.looseObject({ type: z.literal('between_tools') }),
    ])
    .nullish(),
  output_config: z
    .looseObject({
      effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).nullish(),
      format: z.looseObject({ type: z.literal('json_schema'), schema: z.record(z.string(), z.unknown()) }).nullish(),
    })
    .nullish(),
  metadata: z.looseObject({ user_id: z.string().nullish() }).nullish(),
})

export type MessagesBody = z.output<typeof messagesBodySchema>
