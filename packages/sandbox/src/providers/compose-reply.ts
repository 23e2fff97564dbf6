import { decode, encode } from 'gpt-tokenizer/encoding/o200k_base'
import { type Directives, readDirectives, withoutDirectives } from './directives.ts'

export interface Reply {
  /** One token a piece. */
  readonly pieces: readonly string[]
  readonly tool: { readonly name: string; readonly input: unknown } | null
  readonly isCutByLimit: boolean
  readonly inputTokens: number
  readonly directives: Directives
}

export interface Question {
  readonly lastUserText: string
  /** Everything that is read, for the true count. */
  readonly allText: string
  readonly maxTokens: number | null
  readonly tools: readonly { readonly name: string; readonly schema: unknown }[]
  readonly mustUseTool: string | true | null
  readonly stopSequences: readonly string[]
}

const sentences = [
  'this is the sandbox speaking, so nothing here costs real money and no model was asked.',
  'Even so, the words arrive one token at a time and every one of them is counted.',
  'With a real provider key configured, the same call would be answered by the model that you chose.',
  'Ask something else, or look at what this answer cost.',
]

/** A deterministic answer that talks about the question, with true token counts. */
export function composeReply(question: Question): Reply {
  const directives = readDirectives(question.lastUserText)
  const inputTokens = encode(question.allText).length
  const wantedTool = directives.tool ?? question.mustUseTool
  const tool =
    question.tools.find(({ name }) => name === wantedTool) ?? (wantedTool === true ? question.tools[0] : undefined)
  if (tool !== undefined) {
    const input = exampleOf(tool.schema)
    return {
      pieces: piecesOf(JSON.stringify(input)),
      tool: { name: tool.name, input },
      isCutByLimit: false,
      inputTokens,
      directives,
    }
  }
  const wanted = directives.text ?? textAbout(withoutDirectives(question.lastUserText), directives.tokens)
  const stopped = question.stopSequences.reduce(
    (text, stop) => (stop !== '' && text.includes(stop) ? text.slice(0, text.indexOf(stop)) : text),
    wanted,
  )
  const all = piecesOf(stopped).slice(0, directives.tokens ?? undefined)
  const limit = question.maxTokens ?? Number.POSITIVE_INFINITY
  return { pieces: all.slice(0, limit), tool: null, isCutByLimit: all.length > limit, inputTokens, directives }
}

/** Single tokens, put together where one alone is half a character. */
function piecesOf(text: string): readonly string[] {
  const pieces: string[] = []
  let pending: number[] = []
  for (const token of encode(text)) {
    pending.push(token)
    const piece = decode(pending)
    if (piece.includes('\uFFFD')) continue
    pieces.push(piece)
    pending = []
  }
  return pieces
}

function textAbout(question: string, tokens: number | null): string {
  const subject = question.length > 80 ? `${question.slice(0, 77)}…` : question
  const opening = subject === '' ? 'Hello:' : `You asked: “${subject}” —`
  const text = [opening, ...sentences].join(' ')
  // About one token a word: enough words for any length that is asked for.
  return tokens === null
    ? text
    : `${text} ${Array.from({ length: tokens }, (_, index) => `word${index % 10}`).join(' ')}`
}

/** The smallest value that fits a JSON schema, as far as tools use it. */
export function exampleOf(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return {}
  const { type, properties, items, enum: choices, const: only, anyOf } = schema as Record<string, unknown>
  if (only !== undefined) return only
  if (Array.isArray(choices)) return choices[0]
  if (Array.isArray(anyOf)) return exampleOf(anyOf[0])
  const kind = Array.isArray(type) ? type[0] : type
  if (kind === 'string') return 'example'
  if (kind === 'integer' || kind === 'number') return 1
  if (kind === 'boolean') return true
  if (kind === 'null') return null
  if (kind === 'array') return [exampleOf(items)]
  return Object.fromEntries(
    Object.entries((properties ?? {}) as Record<string, unknown>).map(([name, value]) => [name, exampleOf(value)]),
  )
}

/** All text of a request, wherever it stands. */
export function textIn(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(textIn).join('\n')
  if (typeof value !== 'object' || value === null) return ''
  const { text, content, input, arguments: written, thinking } = value as Record<string, unknown>
  return [text, content, written, thinking, input === undefined ? undefined : JSON.stringify(input)]
    .filter((part) => part !== undefined)
    .map(textIn)
    .join('\n')
}
