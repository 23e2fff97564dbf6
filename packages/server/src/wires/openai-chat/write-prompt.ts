import type OpenAI from 'openai'
import type { Model } from '../../pricing/catalogue.ts'
import { nearestEffort } from '../../pricing/model-abilities.ts'
import { effortFor } from '../conversation/map-effort.ts'
import { urlOfSource } from '../conversation/media.ts'
import type {
  AssistantPart,
  DocumentPart,
  ImagePart,
  Prompt,
  TextPart,
  ToolChoice,
  ToolResultPart,
  Turn,
} from '../conversation/prompt.ts'
import { endUserFields } from './end-user.ts'
import { fitsStrictMode } from './strict-schema.ts'
import { extraContentOf } from './thought-signature.ts'

type Body = OpenAI.ChatCompletionCreateParams
type Message = OpenAI.ChatCompletionMessageParam

/** A prompt as a Chat Completions body. Marks of caches and signed thinking stay behind: these models have neither. */
export function writePrompt(
  prompt: Prompt,
  to: {
    readonly model: Pick<Model, 'upstreamId' | 'provider' | 'abilities'>
    readonly maxTokens: number
    readonly isStream: boolean
  },
): Body {
  const effort = effortFor(prompt.reasoning)
  const taken = effort === null ? null : nearestEffort(to.model.abilities, effort)
  const toolChoice = prompt.tools.length === 0 ? null : toolChoiceOf(prompt.toolChoice)
  const system = prompt.system.map(({ text }) => text).join('\n\n')
  return {
    model: to.model.upstreamId,
    max_completion_tokens: to.maxTokens,
    messages: [
      ...(system === '' ? [] : [{ role: 'system', content: system } as const]),
      ...prompt.turns.flatMap((turn) => writeTurn(turn, to.model)),
    ],
    stream: to.isStream,
    ...(to.isStream ? { stream_options: { include_usage: true } } : {}),
    ...(prompt.tools.length === 0 ? {} : { tools: prompt.tools.map(writeTool) }),
    ...(toolChoice === null ? {} : { tool_choice: toolChoice }),
    ...(prompt.mayCallInParallel === null || prompt.tools.length === 0
      ? {}
      : { parallel_tool_calls: prompt.mayCallInParallel }),
    ...(prompt.temperature === null ? {} : { temperature: prompt.temperature }),
    ...(prompt.topP === null ? {} : { top_p: prompt.topP }),
    ...(prompt.stopSequences.length === 0 ? {} : { stop: [...prompt.stopSequences] }),
    ...(taken === null ? {} : { reasoning_effort: taken }),
    ...(prompt.format === null ? {} : { response_format: formatOf(prompt.format) }),
    ...(prompt.endUser === null ? {} : endUserFields(to.model.provider, prompt.endUser)),
  }
}

type AskedModel = Pick<Model, 'provider'>

function writeTurn(turn: Turn, model: AskedModel): readonly Message[] {
  if (turn.role === 'assistant') return writeAssistantTurn(turn.parts, model)
  const results = turn.parts.filter((part) => part.kind === 'tool_result')
  const said = turn.parts.filter((part) => part.kind !== 'tool_result')
  const shown = [...results.flatMap(mediaOfResult), ...said]
  return [
    ...results.map(writeResult),
    ...(shown.length === 0 ? [] : [{ role: 'user', content: writeContent(shown) } as const]),
  ]
}

function writeAssistantTurn(parts: readonly AssistantPart[], { provider }: AskedModel): readonly Message[] {
  const text = parts.flatMap((part) => (part.kind === 'text' ? [part.text] : [])).join('')
  const calls = parts.flatMap((part) =>
    part.kind === 'tool_call'
      ? [
          {
            ...({ id: part.id, type: 'function', function: { name: part.name, arguments: part.arguments } } as const),
            ...(provider === 'google' ? extraContentOf(part.signature) : {}),
          },
        ]
      : [],
  )
  if (text === '' && calls.length === 0) return []
  return [
    { role: 'assistant', content: text === '' ? null : text, ...(calls.length === 0 ? {} : { tool_calls: calls }) },
  ]
}

function writeResult(part: ToolResultPart): Message {
  const text = part.content.flatMap((one) => (one.kind === 'text' ? [one.text] : [])).join('\n')
  const media = part.content.length > 0 && text === '' ? '(see the next message)' : text
  return { role: 'tool', tool_call_id: part.callId, content: part.isError ? `Error: ${media}` : media }
}

/** A tool's message is text only: what it shows follows as the user's. */
function mediaOfResult(part: ToolResultPart): readonly (ImagePart | DocumentPart)[] {
  return part.content.filter((one) => one.kind !== 'text')
}

function writeContent(
  parts: readonly (TextPart | ImagePart | DocumentPart)[],
): string | OpenAI.ChatCompletionContentPart[] {
  const [only] = parts
  if (parts.length === 1 && only?.kind === 'text') return only.text
  return parts.map((part) => {
    if (part.kind === 'text') return { type: 'text', text: part.text }
    if (part.kind === 'image') return { type: 'image_url', image_url: { url: urlOfSource(part.source) } }
    return { type: 'file', file: { file_data: urlOfSource(part.source), filename: fileName(part) } }
  })
}

/** A file is read by what its name ends in. */
function fileName({ name, source }: DocumentPart): string {
  const isPdf = source.from === 'base64' && source.mediaType === 'application/pdf'
  if (name === null) return 'document.pdf'
  return isPdf && !name.toLowerCase().endsWith('.pdf') ? `${name}.pdf` : name
}

function writeTool(tool: Prompt['tools'][number]): OpenAI.ChatCompletionTool {
  return {
    type: 'function',
    function: {
      name: tool.name,
      parameters: { ...tool.schema },
      ...(tool.description === null ? {} : { description: tool.description }),
      ...(tool.isStrict === null ? {} : { strict: tool.isStrict }),
    },
  }
}

function toolChoiceOf(choice: ToolChoice | null): OpenAI.ChatCompletionToolChoiceOption | null {
  if (choice === null) return null
  return choice.kind === 'named' ? { type: 'function', function: { name: choice.name } } : choice.kind
}

function formatOf(format: NonNullable<Prompt['format']>): NonNullable<Body['response_format']> {
  if (format.kind === 'json') return { type: 'json_object' }
  const { name, schema, isStrict } = format
  return {
    type: 'json_schema',
    json_schema: { name, schema: { ...schema }, strict: isStrict ?? fitsStrictMode(schema) },
  }
}
