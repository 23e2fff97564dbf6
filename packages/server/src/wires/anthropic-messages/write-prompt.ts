import type Anthropic from '@anthropic-ai/sdk'
import type { Model } from '../../pricing/catalogue.ts'
import { anthropicEffortFor, budgetFor } from '../conversation/map-effort.ts'
import type {
  AssistantPart,
  CacheMark,
  DocumentPart,
  ImagePart,
  Prompt,
  TextPart,
  Tool,
  ToolChoice,
  Turn,
  UserPart,
} from '../conversation/prompt.ts'
import { usesByDefault } from './default-limits.ts'
import { formatToolName } from './format-tool.ts'

type Body = Anthropic.MessageCreateParams

/** A prompt as a Messages body for one of Anthropic's models. */
export function writePrompt(
  prompt: Prompt,
  to: {
    readonly model: Pick<Model, 'upstreamId' | 'abilities'>
    readonly maxTokens: number
    readonly isStream: boolean
  },
): Body {
  const { abilities } = to.model
  const needsFormatTool = prompt.format !== null && (prompt.format.kind === 'json' || !abilities.hasStructuredOutput)
  const toolChoice = toolChoiceOf(prompt, needsFormatTool)
  const tools: readonly Anthropic.ToolUnion[] = [
    ...(needsFormatTool ? [formatTool(prompt)] : []),
    ...prompt.tools.map(writeTool),
    ...(prompt.maySearchWeb ? [webSearch(prompt)] : []),
  ]
  const isForced = toolChoice?.type === 'any' || toolChoice?.type === 'tool'
  const outputConfig = outputConfigOf(prompt, to.model, needsFormatTool)
  return {
    model: to.model.upstreamId,
    max_tokens: to.maxTokens,
    // A turn may come out empty: thinking that nobody signed.
    messages: prompt.turns.map(writeTurn).filter(({ content }) => content.length > 0),
    stream: to.isStream,
    ...(prompt.system.length === 0 ? {} : { system: prompt.system.filter(isSaid).map(writeText) }),
    ...(tools.length === 0 ? {} : { tools: [...tools] }),
    ...(toolChoice === null ? {} : { tool_choice: toolChoice }),
    ...(prompt.temperature === null ? {} : { temperature: prompt.temperature }),
    ...(prompt.topP === null ? {} : { top_p: prompt.topP }),
    ...(prompt.stopSequences.length === 0 ? {} : { stop_sequences: [...prompt.stopSequences] }),
    // Anthropic does not let a model think that is forced to call a tool.
    ...(isForced ? {} : thinkingOf(prompt, to)),
    ...(outputConfig === null ? {} : { output_config: outputConfig }),
    ...(prompt.endUser === null ? {} : { metadata: { user_id: prompt.endUser } }),
  }
}

/** The results of the searches are for the model; it tells what it found. */
function webSearch({ webSearchesMax }: Prompt): Anthropic.WebSearchTool20250305 {
  return { type: 'web_search_20250305', name: 'web_search', max_uses: webSearchesMax ?? usesByDefault }
}

function isSaid(part: TextPart): boolean {
  return part.text !== ''
}

function writeTurn(turn: Turn): Anthropic.MessageParam {
  return turn.role === 'user'
    ? { role: 'user', content: turn.parts.flatMap(writeUserPart) }
    : { role: 'assistant', content: turn.parts.flatMap(writeAssistantPart) }
}

function writeUserPart(part: UserPart): readonly Anthropic.ContentBlockParam[] {
  if (part.kind !== 'tool_result') return writeContent(part)
  return [
    {
      type: 'tool_result',
      tool_use_id: writeCallId(part.callId),
      content: part.content.flatMap(writeContent),
      ...(part.isError ? { is_error: true } : {}),
      ...writeMark(part.cache),
    },
  ]
}

function writeContent(
  part: TextPart | ImagePart | DocumentPart,
): readonly (Anthropic.TextBlockParam | Anthropic.ImageBlockParam | Anthropic.DocumentBlockParam)[] {
  // Anthropic refuses a block of no text.
  if (part.kind === 'text') return isSaid(part) ? [writeText(part)] : []
  if (part.kind === 'image') return [{ type: 'image', source: writeImageSource(part), ...writeMark(part.cache) }]
  const title = part.name === null ? {} : { title: part.name }
  return [{ type: 'document', source: writeDocumentSource(part), ...title, ...writeMark(part.cache) }]
}

function writeText(part: TextPart): Anthropic.TextBlockParam {
  return { type: 'text', text: part.text, ...writeMark(part.cache) }
}

function writeImageSource({ source }: ImagePart): Anthropic.ImageBlockParam['source'] {
  if (source.from === 'url') return { type: 'url', url: source.url }
  // Which types there are is Anthropic's to say.
  const mediaType = source.mediaType as Anthropic.Base64ImageSource['media_type']
  return { type: 'base64', media_type: mediaType, data: source.data }
}

function writeDocumentSource({ source }: DocumentPart): Anthropic.DocumentBlockParam['source'] {
  if (source.from === 'url') return { type: 'url', url: source.url }
  if (source.mediaType.startsWith('text/')) {
    return { type: 'text', media_type: 'text/plain', data: Buffer.from(source.data, 'base64').toString('utf8') }
  }
  return { type: 'base64', media_type: source.mediaType as 'application/pdf', data: source.data }
}

function writeAssistantPart(part: AssistantPart): readonly Anthropic.ContentBlockParam[] {
  switch (part.kind) {
    case 'text':
      return isSaid(part) ? [writeText(part)] : []
    case 'thinking':
      // Unsigned thinking is another model's, or made up: Anthropic refuses it.
      return part.signature === null ? [] : [{ type: 'thinking', thinking: part.text, signature: part.signature }]
    case 'redacted_thinking':
      return [{ type: 'redacted_thinking', data: part.data }]
    case 'tool_call':
      return [
        {
          type: 'tool_use',
          id: writeCallId(part.id),
          name: part.name,
          input: parseArguments(part.arguments),
          ...writeMark(part.cache),
        },
      ]
  }
}

/** Anthropic's ids are of these characters only; a call and its result change alike. */
function writeCallId(id: string): string {
  return id.replace(/[^\w-]/g, '_')
}

/** A call that was cut short has half a JSON; it is told as what it was. */
function parseArguments(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { value }
  } catch {
    return text.trim() === '' ? {} : { unparsed: text }
  }
}

function writeMark(cache: CacheMark | null): { cache_control?: Anthropic.CacheControlEphemeral } {
  if (cache === null) return {}
  return { cache_control: { type: 'ephemeral', ...(cache.ttl === null ? {} : { ttl: cache.ttl }) } }
}

function writeTool(tool: Tool): Anthropic.Tool {
  return {
    name: tool.name,
    input_schema: { ...tool.schema, type: 'object' },
    ...(tool.description === null ? {} : { description: tool.description }),
    ...(tool.isStrict === true ? { strict: true } : {}),
    ...writeMark(tool.cache),
  }
}

function formatTool({ format }: Prompt): Anthropic.Tool {
  return {
    name: formatToolName,
    description: 'Gives the final answer to the user. The input is the answer.',
    input_schema: { ...(format?.kind === 'schema' ? format.schema : {}), type: 'object' },
  }
}

function toolChoiceOf(prompt: Prompt, needsFormatTool: boolean): Anthropic.ToolChoice | null {
  const { toolChoice, mayCallInParallel } = prompt
  const parallel = mayCallInParallel === null ? {} : { disable_parallel_tool_use: !mayCallInParallel }
  if (needsFormatTool) return formatToolChoice(toolChoice, prompt.tools.length > 0, parallel)
  if (prompt.tools.length === 0) return null
  if (toolChoice === null) return mayCallInParallel === null ? null : { type: 'auto', ...parallel }
  if (toolChoice.kind === 'none') return { type: 'none' }
  if (toolChoice.kind === 'named') return { type: 'tool', name: toolChoice.name, ...parallel }
  return { type: toolChoice.kind === 'required' ? 'any' : 'auto', ...parallel }
}

/** With tools of the client's own beside it, the model may call those first; it has to end in one or the other. */
function formatToolChoice(wanted: ToolChoice | null, hasTools: boolean, parallel: object): Anthropic.ToolChoice {
  if (wanted?.kind === 'named') return { type: 'tool', name: wanted.name, ...parallel }
  return hasTools && wanted?.kind !== 'none' ? { type: 'any', ...parallel } : { type: 'tool', name: formatToolName }
}

function thinkingOf(
  prompt: Prompt,
  to: { readonly model: Pick<Model, 'abilities'>; readonly maxTokens: number },
): { thinking?: Anthropic.ThinkingConfigParam } {
  const { reasoning } = prompt
  if (reasoning === null) return {}
  if (to.model.abilities.thinking.by === 'adaptive') {
    const isWanted = reasoning.effort !== 'none'
    return isWanted ? { thinking: { type: 'adaptive', display: 'summarized' } } : { thinking: { type: 'disabled' } }
  }
  const budget = budgetFor(reasoning, to.maxTokens)
  return budget === null || lacksThinkingBeforeCall(prompt)
    ? {}
    : { thinking: { type: 'enabled', budget_tokens: budget } }
}

/** Thinking by budget wants the last calls' own thinking in front of them; a client that lost it goes on without. */
function lacksThinkingBeforeCall({ turns }: Prompt): boolean {
  const last = turns.findLast((turn) => turn.role === 'assistant')
  if (last === undefined || !last.parts.some(({ kind }) => kind === 'tool_call')) return false
  const [first] = last.parts.flatMap(writeAssistantPart)
  return first?.type !== 'thinking' && first?.type !== 'redacted_thinking'
}

function outputConfigOf(
  prompt: Prompt,
  model: Pick<Model, 'abilities'>,
  needsFormatTool: boolean,
): Anthropic.OutputConfig | null {
  const effort =
    model.abilities.thinking.by === 'adaptive' && prompt.reasoning !== null
      ? anthropicEffortFor(prompt.reasoning)
      : null
  const format = prompt.format?.kind === 'schema' && !needsFormatTool ? prompt.format.schema : null
  if (effort === null && format === null) return null
  return {
    ...(effort === null ? {} : { effort }),
    ...(format === null ? {} : { format: { type: 'json_schema', schema: { ...format } } }),
  }
}
