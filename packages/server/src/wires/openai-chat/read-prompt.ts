import { validate } from '../../http/validate.ts'
import { sourceOfUrl } from '../conversation/media.ts'
import { mergeTurns } from '../conversation/merge-turns.ts'
import type {
  AssistantPart,
  CacheMark,
  DocumentPart,
  ImagePart,
  OutputFormat,
  Prompt,
  TextPart,
  Tool,
  ToolChoice,
  Turn,
} from '../conversation/prompt.ts'
import { type FieldRules, refuseUnheeded } from '../conversation/refuse-unheeded.ts'
import { type ChatBody, chatBodySchema } from './body-schema.ts'

type Message = ChatBody['messages'][number]
type AssistantMessage = Extract<Message, { role: 'assistant' }>
type Content = Extract<Message, { role: 'user' }>['content']
type Marked = { readonly cache_control?: AssistantMessage['cache_control'] }

const isFalse = (value: unknown) => value === false
const isZero = (value: unknown) => value === 0
const isEmpty = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length === 0

const fields: FieldRules = {
  read: [
    ...['model', 'messages', 'max_tokens', 'max_completion_tokens', 'stream', 'stream_options', 'tools', 'tool_choice'],
    ...['parallel_tool_calls', 'temperature', 'top_p', 'stop', 'reasoning_effort', 'response_format', 'user'],
    'safety_identifier',
  ],
  hints: [
    ...['metadata', 'store', 'service_tier', 'prompt_cache_key', 'prompt_cache_retention', 'prompt_cache_options'],
    ...['verbosity', 'seed'],
  ],
  neutral: {
    n: (value) => value === 1,
    logprobs: isFalse,
    top_logprobs: isZero,
    frequency_penalty: isZero,
    presence_penalty: isZero,
    logit_bias: isEmpty,
    modalities: (value) => Array.isArray(value) && value.every((one) => one === 'text'),
  },
}

/** @throws AppError `invalid_request` naming the field that another family's model cannot heed. */
export function readPrompt(body: Readonly<Record<string, unknown>>): Prompt {
  refuseUnheeded(body, fields)
  const known = validate(chatBodySchema, body)
  const choice = known.tool_choice ?? null
  const isAmongAllowed = (name: string) =>
    choice === null ||
    typeof choice === 'string' ||
    choice.type !== 'allowed_tools' ||
    choice.allowed_tools.tools.some((tool) => tool.function.name === name)
  return {
    system: known.messages.flatMap((message) =>
      message.role === 'system' || message.role === 'developer' ? markLast(textParts(message.content), message) : [],
    ),
    turns: mergeTurns(known.messages.flatMap(turnOf)),
    tools: (known.tools ?? []).map(toolOf).filter(({ name }) => isAmongAllowed(name)),
    maySearchWeb: false,
    webSearchesMax: null,
    toolChoice: toolChoiceOf(choice),
    mayCallInParallel: known.parallel_tool_calls ?? null,
    temperature: known.temperature ?? null,
    topP: known.top_p ?? null,
    stopSequences: typeof known.stop === 'string' ? [known.stop] : (known.stop ?? []),
    reasoning:
      known.reasoning_effort === null || known.reasoning_effort === undefined
        ? null
        : { effort: known.reasoning_effort, budgetTokens: null, isAdaptive: false },
    format: formatOf(known.response_format),
    endUser: known.safety_identifier ?? known.user ?? null,
  }
}

function turnOf(message: Message): readonly Turn[] {
  switch (message.role) {
    case 'system':
    case 'developer':
      return []
    case 'user':
      return [{ role: 'user', parts: markLast(contentParts(message.content), message) }]
    case 'assistant':
      return [{ role: 'assistant', parts: markLast(assistantParts(message), message) }]
    case 'tool':
      return [
        {
          role: 'user',
          parts: [
            {
              kind: 'tool_result',
              callId: message.tool_call_id,
              content: contentParts(message.content),
              isError: false,
              cache: markOf(message),
            },
          ],
        },
      ]
  }
}

/** Text beside calls may be empty or null: that is no text. */
function assistantParts(message: AssistantMessage): readonly AssistantPart[] {
  const said =
    typeof message.content === 'string' || message.content === null || message.content === undefined
      ? [message.content ?? '']
      : message.content.map((part) => (part.type === 'text' ? part.text : part.refusal))
  const texts = [...said, message.refusal ?? ''].filter((text) => text !== '')
  return [
    ...(message.reasoning_details ?? []).flatMap(thinkingPart),
    ...texts.map((text): TextPart => ({ kind: 'text', text, cache: null })),
    ...(message.tool_calls ?? []).map(
      (call): AssistantPart => ({
        kind: 'tool_call',
        id: call.id,
        name: call.function.name,
        arguments: call.function.arguments,
        cache: null,
      }),
    ),
  ]
}

function thinkingPart(detail: NonNullable<AssistantMessage['reasoning_details']>[number]): readonly AssistantPart[] {
  if (detail.type === 'reasoning.encrypted' && typeof detail.data === 'string')
    return [{ kind: 'redacted_thinking', data: detail.data }]
  if (detail.type !== 'reasoning.text') return []
  const { text, signature } = detail
  return [
    {
      kind: 'thinking',
      text: typeof text === 'string' ? text : '',
      signature: typeof signature === 'string' && signature !== '' ? signature : null,
    },
  ]
}

function textParts(
  content: string | readonly { text: string; cache_control?: Marked['cache_control'] }[],
): readonly TextPart[] {
  const parts = typeof content === 'string' ? [{ text: content }] : content
  return parts.map((part) => ({ kind: 'text', text: part.text, cache: markOf(part) }))
}

function contentParts(content: Content): readonly (TextPart | ImagePart | DocumentPart)[] {
  if (typeof content === 'string') return content === '' ? [] : textParts(content)
  return content.map((part) => {
    const cache = markOf(part)
    if (part.type === 'text') return { kind: 'text', text: part.text, cache }
    if (part.type === 'image_url') return { kind: 'image', source: sourceOfUrl(part.image_url.url), cache }
    return { kind: 'document', source: sourceOfUrl(part.file.file_data), name: part.file.filename ?? null, cache }
  })
}

function toolOf({ function: definition, ...tool }: NonNullable<ChatBody['tools']>[number]): Tool {
  return {
    name: definition.name,
    description: definition.description ?? null,
    schema: definition.parameters ?? { type: 'object', properties: {} },
    isStrict: definition.strict ?? null,
    namespace: null,
    cache: markOf(tool),
  }
}

function toolChoiceOf(choice: NonNullable<ChatBody['tool_choice']> | null): ToolChoice | null {
  if (choice === null) return null
  if (typeof choice === 'string') return { kind: choice }
  return choice.type === 'function'
    ? { kind: 'named', name: choice.function.name }
    : { kind: choice.allowed_tools.mode }
}

function formatOf(format: ChatBody['response_format']): OutputFormat | null {
  if (format?.type === 'json_object') return { kind: 'json' }
  if (format?.type !== 'json_schema') return null
  const { name, schema, strict } = format.json_schema
  return { kind: 'schema', name, schema: schema ?? {}, isStrict: strict ?? null }
}

function markOf(marked: Marked): CacheMark | null {
  const mark = marked.cache_control
  return mark === null || mark === undefined ? null : { ttl: mark.ttl ?? null }
}

/** A mark on the whole message stands for one on its last part. */
function markLast<Part extends TextPart | ImagePart | DocumentPart | AssistantPart>(
  parts: readonly Part[],
  message: Marked,
): readonly Part[] {
  const mark = markOf(message)
  const last = parts.at(-1)
  return mark === null || last === undefined || !('cache' in last)
    ? parts
    : [...parts.slice(0, -1), { ...last, cache: mark }]
}
