import type { Model, ModelProvider } from '../pricing/catalogue.ts'

/**
 * Whether an answer may use output tokens that its text does not show: thinking that is hidden, summarized or redacted,
 * rounds of tools that the provider runs itself, a prediction that was rejected. What nobody has documented may.
 * @param body the client's, in any of the formats.
 */
export function mayThinkUnseen(
  model: Pick<Model, 'provider' | 'upstreamId' | 'abilities'>,
  body: Readonly<Record<string, unknown>>,
): boolean {
  return worksUnseen(body) || thinks[model.provider](model, body)
}

type Body = Readonly<Record<string, unknown>>

/** By provider: whether the model may think when it is asked so. */
const thinks: Readonly<Record<ModelProvider, (model: Pick<Model, 'upstreamId' | 'abilities'>, body: Body) => boolean>> =
  {
    anthropic({ upstreamId }, body) {
      const asked = askedThinking(body)
      // Up to Claude 4.8 a model thinks only when it is asked to; from Claude 5 on it does unless it is told not to.
      // https://platform.claude.com/docs/en/about-claude/models/whats-new-opus-5
      return /^claude-(2|3|instant|(opus|sonnet|haiku)-4)/.test(upstreamId) ? asked === 'on' : asked !== 'off'
    },
    openai({ upstreamId, abilities }, body) {
      if (/^(gpt-[34]|chatgpt-4o|text-embedding)/.test(upstreamId)) return false
      // "All models before gpt-5.1 … do not support none": https://platform.openai.com/docs/guides/reasoning
      const canBeOff = abilities.thinking.by === 'effort' && abilities.thinking.levels.includes('none')
      return !(canBeOff && askedThinking(body) === 'off')
    },
    google({ upstreamId }, body) {
      if (/^gemini-(1|2\.0|embedding)/.test(upstreamId)) return false
      // "Reasoning cannot be turned off for Gemini 2.5 Pro or 3 models": https://ai.google.dev/gemini-api/docs/openai
      return !(/^gemini-2\.5-flash/.test(upstreamId) && askedThinking(body) === 'off')
    },
    // https://docs.x.ai/docs/models
    xai: ({ upstreamId }) => !/^grok-(2|3(?!-mini))|non-reasoning/.test(upstreamId),
  }

/** What the client says of thinking, in whichever format it says it. */
function askedThinking(body: Body): 'on' | 'off' | 'unsaid' {
  // An item of the input may set another effort than the request does: ResponseConfigurationUpdateItemParam of openai.
  if (Array.isArray(body.input) && body.input.some(isConfigurationUpdate)) return 'on'
  const said = [typeOf(body.thinking), body.reasoning_effort, effortOf(body.reasoning)].filter(
    (value) => value !== undefined && value !== null,
  )
  if (said.length === 0) return 'unsaid'
  return said.every((value) => value === 'disabled' || value === 'none') ? 'off' : 'on'
}

function isConfigurationUpdate(item: unknown): boolean {
  return isFields(item) && item.type === 'configuration_update'
}

function typeOf(thinking: unknown): unknown {
  return isFields(thinking) ? (thinking.type ?? 'unknown') : undefined
}

function effortOf(reasoning: unknown): unknown {
  if (!isFields(reasoning)) return undefined
  // Without an effort it is asked for by other means, or only its summary is.
  return reasoning.effort ?? (Object.keys(reasoning).length === 0 ? undefined : 'unknown')
}

/** Fields of requests after which a provider works on its own, between what is shown. */
const unseenFields = ['prediction', 'web_search_options', 'fallbacks', 'mcp_servers', 'container', 'search_parameters']

function worksUnseen(body: Body): boolean {
  if (unseenFields.some((name) => body[name] !== undefined && body[name] !== null)) return true
  const { tools, context_management: management } = body
  if (Array.isArray(tools) && tools.some(runsAtProvider)) return true
  if (!isFields(management)) return false
  // Clearing forgets; everything else (compaction) is written by a model.
  const { edits } = management
  return !Array.isArray(edits) || !edits.every((edit) => /^clear_/.test(String(isFields(edit) ? edit.type : '')))
}

/** Types of tools whose calls the client answers. */
const clientTools =
  /^(function|custom|bash_|text_editor_|computer_|memory_|local_shell$|apply_patch$|computer_use_preview$)/

function runsAtProvider(tool: unknown): boolean {
  if (!isFields(tool)) return true
  return tool.type !== undefined && tool.type !== null && !clientTools.test(String(tool.type))
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
