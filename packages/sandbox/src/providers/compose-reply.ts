import { exampleOfSchema } from '@opencredits/protocol/example-of-schema'
import { type Directives, withoutDirectives } from './directives.ts'
import { cutPieces, fillerPieces, type Piece, sumTokens, toPieces } from './tokens.ts'
import { joinIntoChunks, writeAboutTravel } from './travel-writer.ts'

export interface ToolDefinition {
  readonly name: string
  readonly schema: unknown
}

/** What any provider's request asks for. */
export interface Question {
  readonly lastUserText: string
  /** The tools' answers, when the last turn brings them. */
  readonly toolResultText: string | null
  /** How often tools have been called and answered since the user said something. */
  readonly toolSteps: number
  readonly maxTokens: number
  readonly tools: readonly ToolDefinition[]
  readonly toolChoice: 'auto' | 'none' | 'any' | { readonly name: string }
  readonly isParallelAllowed: boolean
  readonly stopSequences: readonly string[]
  /** The JSON schema that the answer has to fit; null for free text. */
  readonly schema: unknown
  /** `hidden`: counted and not shown. */
  readonly thinking: 'none' | 'shown' | 'hidden'
  readonly thinkingTokensMax: number
  readonly directives: Directives
}

export interface ToolCall {
  readonly name: string
  readonly input: unknown
  /** The arguments as they are streamed; cut short where the limit was reached. */
  readonly pieces: readonly Piece[]
}

export interface Reply {
  /** Tokens of thinking that nobody sees, whatever the format: before the first word, and after the last. */
  readonly unseen: { readonly before: number; readonly after: number }
  readonly thinking: readonly Piece[]
  readonly text: readonly Piece[]
  readonly toolCalls: readonly ToolCall[]
  readonly ending: 'end' | 'limit' | 'stop_sequence' | 'tool'
  readonly stopSequence: string | null
  readonly outputTokens: number
  readonly thinkingTokens: number
}

/** A deterministic answer that talks about the question, with true token counts. */
export function composeReply(question: Question): Reply {
  const { maxTokens, directives } = question
  const before = Math.min(directives.thinkUnseen, maxTokens)
  const thinking = cutPieces(thinkingOf(question), maxTokens - before)
  const shown = sumTokens(thinking)
  const tools = chosenTools(question)
  const said = tools.length > 0 ? talkBefore(tools, question) : sayText(question)
  const text = cutPieces(said.pieces, maxTokens - before - shown)
  const textTokens = sumTokens(text)
  const { toolCalls, isCut } = callTools(tools, maxTokens - before - shown - textTokens, directives.toolInput)
  const toolTokens = sumTokens(toolCalls.flatMap(({ pieces }) => pieces))
  const after = Math.min(directives.thinkUnseenAfter, maxTokens - before - shown - textTokens - toolTokens)
  const isLimited = isCut || text.length < said.pieces.length || after < directives.thinkUnseenAfter
  const thinkingTokens = before + shown + after
  return {
    unseen: { before, after },
    thinking,
    text,
    toolCalls,
    ending: isLimited ? 'limit' : tools.length > 0 ? 'tool' : said.stopSequence !== null ? 'stop_sequence' : 'end',
    stopSequence: isLimited ? null : said.stopSequence,
    outputTokens: thinkingTokens + textTokens + toolTokens,
    thinkingTokens,
  }
}

interface Said {
  readonly pieces: readonly Piece[]
  readonly stopSequence: string | null
}

/** Models talk before they call a tool, but for those that are made to call one. */
function talkBefore(tools: readonly ToolDefinition[], { directives, toolChoice }: Question): Said {
  if (directives.isSilent || toolChoice !== 'auto') return { pieces: [], stopSequence: null }
  const names = tools.map(({ name }) => name).join(' and ')
  return { pieces: toPieces(directives.text ?? `Let me see what ${names} can tell.`), stopSequence: null }
}

const sentences = [
  'this is the sandbox speaking, so nothing here costs real money and no model was asked.',
  'Even so, the words arrive one token at a time and every one of them is counted.',
  'With a real provider key configured, the same call would be answered by the model that you chose.',
  'Ask something else, or look at what this answer cost.',
].join(' ')

const subjectLengthMax = 80
const travelChunksMax = 600

function sayText(question: Question): Said {
  const { tokens, text } = question.directives
  const travel =
    text === null && !isSchema(question.schema) ? writeAboutTravel(withoutDirectives(question.lastUserText)) : null
  if (travel !== null && tokens === null)
    return { pieces: joinIntoChunks(toPieces(travel), travelChunksMax), stopSequence: null }
  const whole =
    text ?? (isSchema(question.schema) ? JSON.stringify(exampleOfSchema(question.schema)) : textAbout(question))
  const { text: stopped, stopSequence } = stopAt(whole, question.stopSequences)
  const pieces = toPieces(stopped)
  if (tokens === null || text !== null || stopSequence !== null) return { pieces, stopSequence }
  const missing = tokens - sumTokens(pieces)
  return { pieces: missing > 0 ? [...pieces, ...fillerPieces(missing)] : cutPieces(pieces, tokens), stopSequence }
}

function isSchema(schema: unknown): boolean {
  return schema !== null && schema !== undefined
}

function textAbout({ lastUserText, toolResultText }: Question): string {
  const [about, opening] =
    toolResultText === null
      ? [withoutDirectives(ownWords(lastUserText)), 'You asked']
      : [toolResultText, 'The tool answered']
  const subject = about.length > subjectLengthMax ? `${about.slice(0, subjectLengthMax - 3)}…` : about
  return `${subject === '' ? 'Hello:' : `${opening}: “${subject}” —`} ${sentences}`
}

/** What coding agents add to a turn speaks of many tools and asks for none. */
function ownWords(text: string): string {
  return text.replace(/<system-reminder>[\s\S]*?<\/system-reminder>/g, '').trim()
}

/** The sequence that comes first ends the answer and is not told. */
function stopAt(text: string, sequences: readonly string[]) {
  const found = sequences
    .filter((sequence) => sequence !== '' && text.includes(sequence))
    .sort((one, other) => text.indexOf(one) - text.indexOf(other))[0]
  return found === undefined
    ? { text, stopSequence: null }
    : { text: text.slice(0, text.indexOf(found)), stopSequence: found }
}

const thoughts =
  'The question is clear, and the sandbox has one answer to it. I will say who is speaking and stop there.'

function thinkingOf(question: Question): readonly Piece[] {
  const { reasoning } = question.directives
  if (question.thinking === 'none' && reasoning === null) return []
  if (reasoning !== null) return fillerPieces(reasoning)
  return cutPieces(toPieces(thoughts), question.thinkingTokensMax)
}

/** Tools that are forced, asked for by a directive, or asked for in plain words: "use look_up". What has answered is not asked again. */
function chosenTools(question: Question): readonly ToolDefinition[] {
  const { directives, toolChoice, tools } = question
  if (toolChoice === 'none') return []
  const named = (names: readonly string[]) => tools.filter(({ name }) => names.includes(name))
  if (typeof toolChoice === 'object') return named([toolChoice.name])
  const asked =
    question.toolResultText !== null
      ? named(directives.laterTools[question.toolSteps - 1] ?? [])
      : directives.tools.length > 0
        ? named(directives.tools)
        : tools.filter(({ name }) => isAskedFor(name, question.lastUserText))
  const chosen = asked.length === 0 && toolChoice === 'any' ? tools.slice(0, 1) : asked
  return question.isParallelAllowed ? chosen : chosen.slice(0, 1)
}

export function isAskedFor(name: string, lastUserText: string): boolean {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`\\b(?:use|call)\\b[^.!?]{0,60}(?<![\\w-])${escaped}(?![\\w-])`, 'i').test(ownWords(lastUserText))
}

function callTools(tools: readonly ToolDefinition[], tokensMax: number, wantedInput: unknown) {
  let left = tokensMax
  let isCut = false
  const toolCalls: ToolCall[] = []
  for (const { name, schema } of tools) {
    if (isCut) break
    const input = wantedInput ?? exampleOfSchema(schema)
    const whole = toPieces(JSON.stringify(input))
    const pieces = cutPieces(whole, left)
    left -= sumTokens(pieces)
    isCut = pieces.length < whole.length
    toolCalls.push({ name, input, pieces })
  }
  return { toolCalls, isCut }
}
