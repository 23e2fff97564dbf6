import { validate } from '../../http/validate.ts'
import { sourceOfUrl } from '../conversation/media.ts'
import { mergeTurns } from '../conversation/merge-turns.ts'
import type {
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
import { type ResponsesBody, responsesBodySchema } from './body-schema.ts'
import { unpackThinking } from './keep-thinking.ts'

type Item = Exclude<ResponsesBody['input'], string>[number]
type Message = Extract<Item, { role: string }>
type Content = Message['content']

const isZero = (value: unknown) => value === 0

const fields: FieldRules = {
  read: [
    ...['model', 'input', 'instructions', 'max_output_tokens', 'stream', 'stream_options', 'tools', 'tool_choice'],
    'max_tool_calls',
    ...['parallel_tool_calls', 'temperature', 'top_p', 'reasoning', 'text', 'user', 'safety_identifier'],
  ],
  // What is kept is kept here, whichever model answers, and what cannot be included is not there to be.
  hints: [
    ...['store', 'include', 'metadata', 'client_metadata', 'service_tier', 'truncation', 'context_management'],
    ...['prompt_cache_key', 'prompt_cache_retention', 'prompt_cache_options'],
  ],
  neutral: { background: (value) => value === false, top_logprobs: isZero },
}

/** @throws AppError `invalid_request` naming the field that another family's model cannot heed. */
export function readPrompt(body: Readonly<Record<string, unknown>>): Prompt {
  refuseUnheeded(body, fields)
  const known = validate(responsesBodySchema, body)
  const items: readonly Item[] =
    typeof known.input === 'string' ? [{ role: 'user', content: known.input }] : known.input
  const signatures = signaturesIn(items)
  const tools = (known.tools ?? []).flatMap(toolsOf)
  const choice = known.tool_choice ?? null
  const allowed =
    choice !== null && typeof choice !== 'string' && choice.type === 'allowed_tools'
      ? new Set(choice.tools.map(({ name }) => name))
      : null
  return {
    system: [
      ...(known.instructions === null || known.instructions === undefined ? [] : [plainText(known.instructions)]),
      ...items.flatMap((item) => (isMessage(item) && isSystem(item) ? textsOf(item.content).map(plainText) : [])),
    ],
    turns: mergeTurns(items.flatMap((item) => turnOf(item, signatures))),
    tools: tools.filter(({ name }) => allowed === null || allowed.has(name)),
    maySearchWeb: (known.tools ?? []).some(({ type }) => type.startsWith('web_search')),
    webSearchesMax: known.max_tool_calls ?? null,
    toolChoice: toolChoiceOf(choice),
    mayCallInParallel: known.parallel_tool_calls ?? null,
    temperature: known.temperature ?? null,
    topP: known.top_p ?? null,
    stopSequences: [],
    reasoning:
      known.reasoning?.effort === null || known.reasoning?.effort === undefined
        ? null
        : { effort: known.reasoning.effort, budgetTokens: null, isAdaptive: false },
    format: formatOf(known),
    endUser: known.safety_identifier ?? known.user ?? null,
  }
}

function isMessage(item: Item): item is Message {
  return 'role' in item && typeof item.role === 'string'
}

function isSystem(message: Message): boolean {
  return message.role === 'system' || message.role === 'developer'
}

/** What was signed of calls, by the ids of the calls. */
function signaturesIn(items: readonly Item[]): ReadonlyMap<string, string> {
  return new Map(
    items.flatMap((item) => {
      if (item.type !== 'reasoning' || typeof item.encrypted_content !== 'string') return []
      const signed = unpackThinking(item.encrypted_content)
      return signed?.kind === 'signed_call' ? [[signed.callId, signed.signature] as const] : []
    }),
  )
}

function turnOf(item: Item, signatures: ReadonlyMap<string, string>): readonly Turn[] {
  if (isMessage(item)) {
    if (isSystem(item)) return []
    return item.role === 'user'
      ? [{ role: 'user', parts: contentParts(item.content) }]
      : [{ role: 'assistant', parts: textsOf(item.content).map(plainText) }]
  }
  switch (item.type) {
    case 'function_call': {
      const name = typeof item.namespace === 'string' ? joinName(item.namespace, item.name) : item.name
      const call = { kind: 'tool_call', id: item.call_id, name, arguments: item.arguments, cache: null } as const
      const signature = signatures.get(item.call_id)
      return [{ role: 'assistant', parts: [signature === undefined ? call : { ...call, signature }] }]
    }
    case 'function_call_output': {
      const content = contentParts(item.output)
      return [
        { role: 'user', parts: [{ kind: 'tool_result', callId: item.call_id, content, isError: false, cache: null }] },
      ]
    }
    case 'reasoning': {
      const thought = typeof item.encrypted_content === 'string' ? unpackThinking(item.encrypted_content) : null
      return thought === null || thought.kind === 'signed_call' ? [] : [{ role: 'assistant', parts: [thought] }]
    }
  }
}

function plainText(text: string): TextPart {
  return { kind: 'text', text, cache: null }
}

function textsOf(content: Content): readonly string[] {
  const texts =
    typeof content === 'string'
      ? [content]
      : content.flatMap((part) =>
          'text' in part ? [String(part.text)] : 'refusal' in part ? [String(part.refusal)] : [],
        )
  return texts.filter((text) => text !== '')
}

function contentParts(content: Content): readonly (TextPart | ImagePart | DocumentPart)[] {
  if (typeof content === 'string') return content === '' ? [] : [plainText(content)]
  return content.map((part) => {
    if (part.type === 'input_image') return { kind: 'image', source: sourceOfUrl(part.image_url), cache: null }
    if (part.type === 'refusal') return plainText(part.refusal)
    if (part.type !== 'input_file') return plainText(part.text)
    const url = part.file_data ?? part.file_url ?? ''
    return { kind: 'document', source: sourceOfUrl(url), name: part.filename ?? null, cache: null }
  })
}

/** A tool of a group goes by both names, so that it stays unique among all. */
function joinName(namespace: string, name: string): string {
  return `${namespace}__${name}`
}

type AnyTool = NonNullable<ResponsesBody['tools']>[number]
type FunctionTool = Extract<AnyTool, { type: 'function' }>

function toolsOf(tool: AnyTool): readonly Tool[] {
  if (tool.type === 'function') return [functionTool(tool, null)]
  return tool.type === 'namespace' ? tool.tools.map((inner) => functionTool(inner, tool.name)) : []
}

function functionTool(tool: FunctionTool, namespace: string | null): Tool {
  return {
    name: namespace === null ? tool.name : joinName(namespace, tool.name),
    description: tool.description ?? null,
    schema: tool.parameters ?? { type: 'object', properties: {} },
    isStrict: tool.strict ?? null,
    namespace: namespace === null ? null : { name: namespace, tool: tool.name },
    cache: null,
  }
}

function toolChoiceOf(choice: NonNullable<ResponsesBody['tool_choice']> | null): ToolChoice | null {
  if (choice === null) return null
  if (typeof choice === 'string') return { kind: choice }
  return choice.type === 'function' ? { kind: 'named', name: choice.name } : { kind: choice.mode }
}

function formatOf({ text }: ResponsesBody): OutputFormat | null {
  const format = text?.format
  if (format?.type === 'json_object') return { kind: 'json' }
  if (format?.type !== 'json_schema') return null
  return { kind: 'schema', name: format.name, schema: format.schema, isStrict: format.strict ?? null }
}
