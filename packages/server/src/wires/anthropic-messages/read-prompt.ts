import { validate } from '../../http/validate.ts'
import { mergeTurns } from '../conversation/merge-turns.ts'
import type {
  AssistantPart,
  CacheMark,
  DocumentPart,
  ImagePart,
  Prompt,
  Reasoning,
  TextPart,
  ToolChoice,
  Turn,
  UserPart,
} from '../conversation/prompt.ts'
import { type FieldRules, refuseUnheeded } from '../conversation/refuse-unheeded.ts'
import { type MessagesBody, messagesBodySchema } from './body-schema.ts'

type Message = MessagesBody['messages'][number]
type UserBlock = Exclude<Extract<Message, { role: 'user' }>['content'], string>[number]
type AssistantBlock = Exclude<Extract<Message, { role: 'assistant' }>['content'], string>[number]
type TextBlock = Extract<UserBlock, { type: 'text' }>
type ImageBlock = Extract<UserBlock, { type: 'image' }>
type DocumentBlock = Extract<UserBlock, { type: 'document' }>
type Marked = { readonly cache_control?: TextBlock['cache_control'] }

const fields: FieldRules = {
  read: [
    ...['model', 'messages', 'system', 'max_tokens', 'stream', 'tools', 'tool_choice', 'temperature', 'top_p'],
    ...['stop_sequences', 'thinking', 'output_config', 'metadata'],
  ],
  // Context is edited, cached and diagnosed by the provider where it can; nothing of it is in the answer.
  hints: [
    ...['cache_control', 'context_management', 'service_tier', 'speed', 'inference_geo', 'diagnostics'],
    ...['user_profile_id', 'workspace_id'],
  ],
  neutral: {},
}

/** @throws AppError `invalid_request` naming the field that another family's model cannot heed. */
export function readPrompt(body: Readonly<Record<string, unknown>>): Prompt {
  refuseUnheeded(body, fields)
  const known = validate(messagesBodySchema, body)
  const systemTurns = known.messages.flatMap((message) => (message.role === 'system' ? [message.content] : []))
  return {
    system: [known.system ?? [], ...systemTurns].flatMap(textParts),
    turns: mergeTurns(known.messages.flatMap(turnOf)),
    tools: (known.tools ?? []).map((tool) => ({
      name: tool.name,
      description: tool.description ?? null,
      schema: tool.input_schema,
      isStrict: tool.strict ?? null,
      namespace: null,
      cache: markOf(tool),
    })),
    maySearchWeb: false,
    webSearchesMax: null,
    toolChoice: toolChoiceOf(known.tool_choice),
    mayCallInParallel: mayCallInParallel(known.tool_choice),
    temperature: known.temperature ?? null,
    topP: known.top_p ?? null,
    stopSequences: known.stop_sequences ?? [],
    reasoning: reasoningOf(known),
    format:
      known.output_config?.format === null || known.output_config?.format === undefined
        ? null
        : { kind: 'schema', name: 'answer', schema: known.output_config.format.schema, isStrict: null },
    endUser: known.metadata?.user_id ?? null,
  }
}

function turnOf(message: Message): readonly Turn[] {
  if (message.role === 'system') return []
  if (message.role === 'user')
    return [
      {
        role: 'user',
        parts: typeof message.content === 'string' ? plainText(message.content) : message.content.flatMap(userParts),
      },
    ]
  return [
    {
      role: 'assistant',
      parts: typeof message.content === 'string' ? plainText(message.content) : message.content.map(assistantPart),
    },
  ]
}

function plainText(text: string): readonly TextPart[] {
  return text === '' ? [] : [{ kind: 'text', text, cache: null }]
}

function textParts(content: string | readonly TextBlock[]): readonly TextPart[] {
  return typeof content === 'string' ? plainText(content) : content.map(textPart)
}

function textPart(block: TextBlock): TextPart {
  return { kind: 'text', text: block.text, cache: markOf(block) }
}

function userParts(block: UserBlock): readonly UserPart[] {
  if (block.type !== 'tool_result') return mediaParts(block)
  const { content } = block
  return [
    {
      kind: 'tool_result',
      callId: block.tool_use_id,
      content:
        typeof content === 'string'
          ? [{ kind: 'text', text: content, cache: null }]
          : (content ?? []).flatMap(mediaParts),
      isError: block.is_error === true,
      cache: markOf(block),
    },
  ]
}

function mediaParts(block: TextBlock | ImageBlock | DocumentBlock): readonly (TextPart | ImagePart | DocumentPart)[] {
  if (block.type === 'text') return [textPart(block)]
  if (block.type === 'image') return [imagePart(block)]
  const { source } = block
  const about = [block.title, block.context].filter((text) => text !== null && text !== undefined && text !== '')
  const heading: readonly TextPart[] = about.length === 0 ? [] : plainText(about.join('\n'))
  if (source.type === 'text') return [...heading, { kind: 'text', text: source.data, cache: markOf(block) }]
  if (source.type === 'content')
    return [
      ...heading,
      ...(typeof source.content === 'string' ? plainText(source.content) : source.content.flatMap(mediaParts)),
    ]
  return [{ kind: 'document', source: mediaSource(source), name: block.title ?? null, cache: markOf(block) }]
}

function imagePart(block: ImageBlock): ImagePart {
  return { kind: 'image', source: mediaSource(block.source), cache: markOf(block) }
}

function mediaSource(source: ImageBlock['source']): ImagePart['source'] {
  return source.type === 'url'
    ? { from: 'url', url: source.url }
    : { from: 'base64', mediaType: source.media_type, data: source.data }
}

function assistantPart(block: AssistantBlock): AssistantPart {
  switch (block.type) {
    case 'text':
      return textPart(block)
    case 'thinking':
      return {
        kind: 'thinking',
        text: block.thinking,
        signature: block.signature === '' ? null : (block.signature ?? null),
      }
    case 'redacted_thinking':
      return { kind: 'redacted_thinking', data: block.data }
    case 'tool_use':
      return {
        kind: 'tool_call',
        id: block.id,
        name: block.name,
        arguments: JSON.stringify(block.input ?? {}),
        cache: markOf(block),
      }
  }
}

function markOf(block: Marked): CacheMark | null {
  return block.cache_control === null || block.cache_control === undefined
    ? null
    : { ttl: block.cache_control.ttl ?? null }
}

function toolChoiceOf(choice: MessagesBody['tool_choice']): ToolChoice | null {
  if (choice === null || choice === undefined) return null
  if (choice.type === 'tool') return { kind: 'named', name: choice.name }
  return { kind: choice.type === 'any' ? 'required' : choice.type }
}

function mayCallInParallel(choice: MessagesBody['tool_choice']): boolean | null {
  if (choice === null || choice === undefined || !('disable_parallel_tool_use' in choice)) return null
  const { disable_parallel_tool_use: isDisabled } = choice
  return isDisabled === null || isDisabled === undefined ? null : !isDisabled
}

function reasoningOf(body: MessagesBody): Reasoning | null {
  const { thinking, output_config: config } = body
  const effort = config?.effort ?? null
  if (thinking?.type === 'disabled') return { effort: 'none', budgetTokens: null, isAdaptive: false }
  if (thinking?.type === 'enabled') return { effort, budgetTokens: thinking.budget_tokens, isAdaptive: false }
  if (thinking?.type === 'adaptive' || thinking?.type === 'between_tools')
    return { effort, budgetTokens: null, isAdaptive: true }
  return effort === null ? null : { effort, budgetTokens: null, isAdaptive: false }
}
