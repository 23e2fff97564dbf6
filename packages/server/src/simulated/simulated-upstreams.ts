import { addAbortSignal, Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import type { Counter } from '../counting/counter.ts'
import { bodyOf } from '../gateway/answer-body.ts'
import type { UpstreamOutcome, UpstreamRequest, Upstreams } from '../gateway/forward.ts'
import { AppError } from '../kernel/app-error.ts'
import { type Clock, secondMs } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'
import type { Catalogue, Model } from '../pricing/catalogue.ts'
import type { GenerationSpeeds } from '../pricing/generation-speed.ts'
import type { AnswerUsage } from '../wires/conversation/answer.ts'
import { mayThinkUnseen } from '../wires/may-think-unseen.ts'
import type { UpstreamBody, UpstreamFormatName } from '../wires/wire.ts'
import {
  type AnswerFormat,
  chatFormat,
  framesWithoutUsage,
  messagesFormat,
  responsesFormat,
  withoutUsage,
} from './answer-formats.ts'
import { composeAnswer } from './compose-answer.ts'
import { countPrompt } from './count-prompt.ts'
import { type Directives, readDirectives, refuseSpoken } from './directives.ts'
import { type ProviderRefusal, refusalBy, refusalOf } from './provider-refusal.ts'
import { type Question, readQuestion } from './read-question.ts'
import { dimensionsFor, writeEmbeddings } from './simulate-embeddings.ts'
import { breakOff, createStreamsAtOnce, paceFrames, type StreamsAtOnce } from './stream-answer.ts'
import { answerEvents, wholeAnswer } from './write-composed.ts'

export interface SimulatedDeps {
  readonly counter: Counter
  readonly catalogue: Catalogue
  readonly clock: Clock
  readonly speeds: GenerationSpeeds
  /** Between two chunks of a stream. */
  readonly pauseMs: number
}

/**
 * The providers of the test world: simulated models, which stand where the providers stand, so that all around them is
 * what live calls have. They are functions of this process. No connection is opened, and no key of a provider is known
 * here.
 */
export function createSimulatedUpstreams(input: SimulatedDeps): Upstreams {
  const deps = { ...input, streams: createStreamsAtOnce() }
  const noProvider = (): Promise<UpstreamOutcome> =>
    Promise.resolve({ kind: 'failed', reason: 'the test world has no providers' })
  return {
    isConfigured: () => true,
    forward: (request) => answer(deps, request),
    ask: (request) => answer(deps, request),
    forwardOwn: noProvider,
    keysOf: () => [],
    keysInTurn: () => [],
    manage: noProvider,
    close: () => deps.counter.close(),
  }
}

type AnsweringDeps = SimulatedDeps & { readonly streams: StreamsAtOnce }

type Asked = Pick<UpstreamRequest, 'provider' | 'path' | 'signal' | 'body'>

interface SimulatedCall {
  readonly id: string
  readonly model: Model
  readonly format: UpstreamFormatName
  readonly body: UpstreamBody
  readonly question: Question
  readonly directives: Directives
  readonly signal: AbortSignal
}

async function answer(deps: AnsweringDeps, { provider, path, signal, ...request }: Asked): Promise<UpstreamOutcome> {
  const id = newId('req').replace('req_', '')
  try {
    const { body: text } = typeof request.body === 'function' ? await request.body('', {}) : request
    const body: UpstreamBody = JSON.parse(text.toString())
    const model = deps.catalogue.find(`${provider}/${body.model}`)
    if (model === null) throw new AppError('invalid_request', `There is no model ${body.model}.`)
    const format = formatOf(path)
    if (path.endsWith('/count_tokens'))
      return whole(id, JSON.stringify({ input_tokens: await countPrompt(deps.counter, model, format, body) }))
    const question = readQuestion(body)
    const directives = readDirectives(question.said)
    if (format === 'embeddings') refuseSpoken(question.said)
    if (directives.delayMs > 0) await setTimeout(directives.delayMs, undefined, { signal })
    if (directives.error === 'timeout') return { kind: 'failed', reason: 'UND_ERR_HEADERS_TIMEOUT' }
    if (directives.error !== null) return refuse(id, refusalOf(provider, directives.error, id))
    const call = { id, model, format, body, question, directives, signal }
    return await (format === 'embeddings' ? embed(deps, call) : speak(deps, call))
  } catch (error) {
    if (error instanceof AppError) return refuse(id, refusalBy(error, provider, id))
    if (signal.aborted) return { kind: 'failed', reason: 'AbortError' }
    throw error
  }
}

function formatOf(path: string): UpstreamFormatName {
  if (path.startsWith('/v1/messages')) return 'messages'
  if (path === '/responses') return 'responses'
  return path === '/embeddings' ? 'embeddings' : 'chat'
}

const formats: Readonly<Record<Exclude<UpstreamFormatName, 'embeddings'>, AnswerFormat>> = {
  messages: messagesFormat,
  chat: chatFormat,
  responses: responsesFormat,
}

/** What is thought unseen takes time, as its hold grows by time. */
const unseenMsMax = 30 * secondMs

async function speak(deps: AnsweringDeps, call: SimulatedCall): Promise<UpstreamOutcome> {
  const { id, model, body, question, directives, signal, format } = call
  if (format === 'embeddings') return embed(deps, call)
  const inputTokens = await countPrompt(deps.counter, model, format, body)
  if (inputTokens > model.contextWindow) return refuse(id, refusalOf(model.provider, 'context_length', id))
  const composed = await composeAnswer(question, directives, {
    counter: deps.counter,
    modelName: model.name,
    tokensMax: model.maxTokens,
    thinking: format === 'messages' ? 'shown' : mayThinkUnseen(model, body) ? 'hidden' : 'none',
  })
  const cached = Math.min(directives.cached, inputTokens)
  const usage: AnswerUsage = {
    ...{ inputTokens: inputTokens - cached, cacheReadTokens: cached },
    outputTokens: composed.outputTokens * question.choices,
    reasoningTokens: composed.reasoningTokens * question.choices,
  }
  const written = { id, format, model: String(body.model), usage, choices: question.choices }
  const createdSeconds = Math.floor(deps.clock.nowMs() / secondMs)
  const context = { id, model, createdSeconds, body, question, inputTokens }
  const unseenMs = Math.min((composed.hiddenTokens / deps.speeds.typicalTokensPerSecond(model)) * secondMs, unseenMsMax)
  if (body.stream !== true) {
    await setTimeout(unseenMs, undefined, { signal })
    const said = formats[format].writeWhole(wholeAnswer(composed, written), context)
    const text = JSON.stringify(directives.hasNoUsage ? withoutUsage(said) : said)
    return directives.isCut ? respond(id, jsonType, Readable.from(breakOff(text))) : whole(id, text)
  }
  const events = [...answerEvents(composed, written)]
  const frames = formats[format].writeStream(events, context)
  const cutAfter = directives.isCut ? Math.ceil(events.length / 2) : null
  const told = directives.hasNoUsage ? mapFrames(frames, framesWithoutUsage) : frames
  const pauseMs = () => deps.streams.pauseOf(deps.pauseMs)
  const paced = paceFrames(told, { signal, pauseMs, unseenMs, cutAfter })
  const stream = Readable.from(deps.streams.count(paced), { objectMode: false })
  return respond(id, 'text/event-stream; charset=utf-8', addAbortSignal(signal, stream))
}

function* mapFrames(frames: Iterable<string>, change: (frame: string) => string): Generator<string> {
  for (const frame of frames) yield change(frame)
}

async function embed(deps: SimulatedDeps, { id, model, body, directives, signal }: SimulatedCall) {
  const dimensions = dimensionsFor(body, model)
  const tokens = await countPrompt(deps.counter, model, 'embeddings', body)
  const usage = directives.hasNoUsage ? null : { prompt_tokens: tokens, total_tokens: tokens }
  const stream = Readable.from(writeEmbeddings(body, { dimensions, usage }), { objectMode: false })
  return respond(id, jsonType, addAbortSignal(signal, stream))
}

const jsonType = 'application/json'

function whole(id: string, text: string): UpstreamOutcome {
  return respond(id, jsonType, Readable.from([Buffer.from(text)]))
}

function respond(id: string, contentType: string, body: Readable): UpstreamOutcome {
  // One that breaks before anybody reads it is found broken by its reader, and is nothing to end a process for.
  body.on('error', () => {})
  return {
    ...{ kind: 'response', status: 200, contentType, requestId: id, retryAfterSeconds: null, headers: {} },
    body: bodyOf(body),
  }
}

function refuse(id: string, { status, body, retryAfterSeconds }: ProviderRefusal): UpstreamOutcome {
  return {
    ...{ kind: 'response', status, contentType: jsonType, requestId: id, retryAfterSeconds, headers: {} },
    body: bodyOf(Readable.from([Buffer.from(JSON.stringify(body))])),
  }
}
