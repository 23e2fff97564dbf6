import { z } from 'zod'

/** The parts of a Chat Completions body that translation reads; what is not named here is refused or a hint. */

export const cacheControl = z
  .looseObject({ type: z.literal('ephemeral'), ttl: z.enum(['5m', '1h']).nullish() })
  .nullish()

const text = z.looseObject({ type: z.literal('text'), text: z.string(), cache_control: cacheControl })
const imageUrl = z.looseObject({
  type: z.literal('image_url'),
  image_url: z.looseObject({ url: z.string() }),
  cache_control: cacheControl,
})
const file = z.looseObject({
  type: z.literal('file'),
  file: z.looseObject({
    file_data: z.string('expected the content, as file_data, or the id of a file that is kept here'),
    filename: z.string().nullish(),
  }),
  cache_control: cacheControl,
})
const refusal = z.looseObject({ type: z.literal('refusal'), refusal: z.string() })

const texts = z.union([z.string(), z.array(text)])

const toolCall = z.looseObject({
  id: z.string(),
  type: z.literal('function').nullish(),
  function: z.looseObject({ name: z.string(), arguments: z.string() }),
})

/** Thinking as OpenRouter's clients carry it from answer to request. */
const reasoningDetail = z.union([
  z.looseObject({ type: z.literal('reasoning.text'), text: z.string().nullish(), signature: z.string().nullish() }),
  z.looseObject({ type: z.literal('reasoning.encrypted'), data: z.string() }),
  z.looseObject({ type: z.string() }),
])

const message = z.discriminatedUnion('role', [
  z.looseObject({ role: z.enum(['system', 'developer']), content: texts, cache_control: cacheControl }),
  z.looseObject({
    role: z.literal('user'),
    content: z.union([z.string(), z.array(z.discriminatedUnion('type', [text, imageUrl, file]))]),
    cache_control: cacheControl,
  }),
  z.looseObject({
    role: z.literal('assistant'),
    content: z.union([z.string(), z.array(z.discriminatedUnion('type', [text, refusal]))]).nullish(),
    refusal: z.string().nullish(),
    tool_calls: z.array(toolCall).nullish(),
    reasoning_details: z.array(reasoningDetail).nullish(),
    cache_control: cacheControl,
  }),
  z.looseObject({
    role: z.literal('tool'),
    tool_call_id: z.string(),
    content: z.union([z.string(), z.array(z.discriminatedUnion('type', [text, imageUrl, file]))]),
    cache_control: cacheControl,
  }),
])

const tool = z.looseObject({
  type: z.literal('function', 'this model has no such tool; only functions work with it'),
  function: z.looseObject({
    name: z.string().min(1),
    description: z.string().nullish(),
    parameters: z.record(z.string(), z.unknown()).nullish(),
    strict: z.boolean().nullish(),
  }),
  cache_control: cacheControl,
})

const named = z.looseObject({ type: z.literal('function'), function: z.looseObject({ name: z.string() }) })
const allowed = z.looseObject({
  type: z.literal('allowed_tools'),
  allowed_tools: z.looseObject({ mode: z.enum(['auto', 'required']), tools: z.array(named) }),
})

export const chatBodySchema = z.looseObject({
  messages: z.array(message).min(1),
  tools: z.array(tool).nullish(),
  tool_choice: z.union([z.enum(['auto', 'none', 'required']), named, allowed]).nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  reasoning_effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).nullish(),
  response_format: z
    .discriminatedUnion('type', [
      z.looseObject({ type: z.literal('text') }),
      z.looseObject({ type: z.literal('json_object') }),
      z.looseObject({
        type: z.literal('json_schema'),
        json_schema: z.looseObject({
          name: z.string(),
          schema: z.record(z.string(), z.unknown()).nullish(),
          strict: z.boolean().nullish(),
        }),
      }),
    ])
    .nullish(),
  user: z.string().nullish(),
  safety_identifier: z.string().nullish(),
})

export type ChatBody = z.output<typeof chatBodySchema>
