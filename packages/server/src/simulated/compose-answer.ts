import { createHash } from 'node:crypto'
import { exampleOfSchema } from '@opencredits/protocol/example-of-schema'
import type { Counter } from '../counting/counter.ts'
import { AppError } from '../kernel/app-error.ts'
import type { StopReason } from '../wires/conversation/answer.ts'
import { tooBusy } from './count-prompt.ts'
import { type Directives, withoutDirectives } from './directives.ts'
import type { AskedTool, Question } from './read-question.ts'

/** One part of an answer, piece by piece as it is streamed. */
export interface SaidPart {
  readonly kind: 'thinking' | 'text' | 'tool_call'
  readonly pieces: readonly string[]
  readonly tool: AskedTool | null
}

/** What a simulated model says, with the counts of it. */
export interface ComposedAnswer {
  readonly parts: readonly SaidPart[]
  readonly stop: StopReason
  readonly stopSequence: string | null
  readonly outputTokens: number
  /** How many of them were thought. */
  readonly reasoningTokens: number
  /** How many of those no text shows. */
  readonly hiddenTokens: number
}

export interface Composing {
  readonly counter: Counter
  readonly modelName: string
  /** What the model gives at most. */
  readonly tokensMax: number
  /** `shown`: in a block of its own · `hidden`: counted and not shown · `none`: the model does not think. */
  readonly thinking: 'shown' | 'hidden' | 'none'
}

/**
 * Composes the same answer to the same question, for every user.
 * @throws AppError 400 for a directive that this request does not go with, 503 where nothing can be counted.
 */
export async function composeAnswer(
  question: Question,
  directives: Directives,
  composing: Composing,
): Promise<ComposedAnswer> {
  const { counter } = composing
  refuseTooLong(question, directives)
  const { tokensMax } = composing
  const limit = Math.min(question.maxTokens ?? tokensMax, tokensMax, Math.floor(tokensOfAllMax / question.choices))
  const parts: SaidPart[] = []
  let left = limit
  let isCut = false
  const say = async (part: Omit<SaidPart, 'pieces'>, text: string, tokensMax = Number.POSITIVE_INFINITY) => {
    const room = left
    const said = await counter.splitText(text, Math.min(room, tokensMax))
    if (said === null) throw tooBusy()
    left = room - said.tokens
    isCut ||= said.isCut && room < tokensMax
    if (said.pieces.length > 0 || part.tool !== null) parts.push({ ...part, pieces: said.pieces })
  }

  const wanted = thinkingTokens(question, directives, composing)
  const hiddenTokens = composing.thinking === 'hidden' ? Math.min(wanted, left) : 0
  left -= hiddenTokens
  if (composing.thinking === 'shown' && wanted > 0)
    await say({ kind: 'thinking', tool: null }, lengthened(thoughts, wanted), wanted)
  const reasoningTokens = limit - left
  const tools = directives.isRefusal ? [] : chosenTools(question, directives)
  const { text, stopSequence } = textFor(question, directives, { tools, modelName: composing.modelName })
  if (text !== '')
    await say(
      { kind: 'text', tool: null },
      await fitted(counter, text, directives.tokens),
      directives.tokens ?? undefined,
    )
  for (const tool of tools)
    if (!isCut) await say({ kind: 'tool_call', tool }, JSON.stringify(exampleOfSchema(tool.schema)))
  return {
    parts,
    stop: isCut ? 'max_tokens' : stopOf({ tools, stopSequence, isRefusal: directives.isRefusal }),
    stopSequence: isCut ? null : stopSequence,
    outputTokens: limit - left,
    reasoningTokens,
    hiddenTokens,
  }
}

/** All answers to one request, however many are asked for at once. */
const tokensOfAllMax = 100_000

function refuseTooLong({ choices }: Question, { tokens }: Directives): void {
  if (tokens === null || tokens * choices <= tokensOfAllMax) return
  throw new AppError(
    'invalid_request',
    `simulate:tokens=${tokens}: with n=${choices}, expected at most ${Math.floor(tokensOfAllMax / choices)}.`,
  )
}

interface Said {
  readonly tools: readonly AskedTool[]
  readonly stopSequence: string | null
  readonly isRefusal: boolean
}

function stopOf({ tools, stopSequence, isRefusal }: Said): StopReason {
  if (isRefusal) return 'refusal'
  if (tools.length > 0) return 'tool_use'
  return stopSequence === null ? 'end' : 'stop_sequence'
}

const thoughts = 'I am simulated, so there is little to think about. I will say what was asked and stop there.'

/** How much is thought at each effort, where nobody says. */
const tokensOfEffort: Readonly<Record<string, number>> = { minimal: 0, low: 32, medium: 64, high: 128 }
const tokensOfMore = 256

function thinkingTokens({ effort }: Question, { thinking }: Directives, composing: Composing): number {
  if (effort !== null && composing.thinking !== 'none') return thinking ?? tokensOfEffort[effort] ?? tokensOfMore
  if (thinking === null) return 0
  throw new AppError(
    'invalid_request',
    'simulate:thinking goes with a request that asks a reasoning model to think: with `thinking`, `reasoning_effort` or `reasoning.effort`.',
  )
}

/** Each of these is one token. */
const fillers = ' and so on, word for word,'.repeat(40)
const fillerTokens = 8 * 40

/** A text that is at least so long. */
function lengthened(text: string, tokens: number): string {
  return text + fillers.repeat(Math.ceil(tokens / fillerTokens))
}

/** A text of just so many tokens is made of words that have one each, as others could not be cut anywhere. */
async function fitted(counter: Counter, text: string, tokens: number | null): Promise<string> {
  if (tokens === null) return text
  const own = await counter.countText(text)
  return lengthened(own !== null && own <= tokens ? text : 'and', tokens)
}

const shownCharactersMax = 300

/** The tools that the request forces, or that a directive names. What has answered is not called again by itself. */
function chosenTools({ tools, toolChoice, mayCallInParallel }: Question, directives: Directives): readonly AskedTool[] {
  const named = (names: readonly string[]): readonly AskedTool[] =>
    names.map((name) => {
      const tool = tools.find((one) => one.name === name)
      if (tool !== undefined) return tool
      const known = tools.map((one) => one.name).join(', ')
      throw new AppError(
        'invalid_request',
        `simulate:tool=${name}: this request has no such tool. It has ${known === '' ? 'none' : known.slice(0, shownCharactersMax)}.`,
      )
    })
  const asked = named(directives.tools)
  if (toolChoice === 'none') return []
  if (typeof toolChoice === 'object') return tools.filter(({ name }) => name === toolChoice.name)
  const chosen = asked.length === 0 && toolChoice === 'any' ? tools.slice(0, 1) : asked
  return mayCallInParallel ? chosen : chosen.slice(0, 1)
}

interface TextContext {
  readonly tools: readonly AskedTool[]
  readonly modelName: string
}

const subjectCharactersMax = 120
/** More than that of a prompt is not looked at for what is repeated of it. */
const readCharactersMax = 10_000

function textFor(question: Question, directives: Directives, { tools, modelName }: TextContext) {
  if (directives.isRefusal) return { text: 'This simulated model was told to decline.', stopSequence: null }
  if (tools.length > 0) {
    const isForced = question.toolChoice !== 'auto'
    return { text: isForced ? '' : `Let me ask ${tools.map(({ name }) => name).join(' and ')}.`, stopSequence: null }
  }
  if (question.schema !== null && question.schema !== undefined)
    return { text: JSON.stringify(exampleOfSchema(question.schema)), stopSequence: null }
  const about = question.toolAnswer ?? withoutDirectives(question.said.slice(0, readCharactersMax))
  const subject = about.length > subjectCharactersMax ? `${about.slice(0, subjectCharactersMax).trim()}…` : about
  const opening = question.toolAnswer === null ? 'You said' : 'The tool answered'
  const echo = subject === '' ? '' : ` ${opening}: “${subject}”`
  return stopAt(
    `This is a simulated answer: in test mode no model is asked, and ${modelName} would answer here.${echo}`,
    question.stopSequences,
  )
}

/** The sequence that comes first ends the answer and is not told. There may be many thousand, so none is sorted. */
function stopAt(text: string, sequences: readonly string[]) {
  let end = text.length
  let stopSequence: string | null = null
  for (const one of sequences) {
    const at = text.indexOf(one)
    if (at === -1 || at >= end) continue
    end = at
    stopSequence = one
  }
  return { text: text.slice(0, end), stopSequence }
}

/** A number for ids and vectors that the same text always gives. */
export function digestOf(text: string): Buffer {
  return createHash('sha512').update(text).digest()
}
