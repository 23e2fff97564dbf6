import type { Reply } from '../compose-reply.ts'
import type { Exchange } from '../exchange.ts'
import type { PromptUsage } from '../prompt-cache.ts'
import type { Frame } from '../stream-out.ts'
import { joinPieces, type Piece, sumTokens } from '../tokens.ts'
import { isThinkingOmitted, messageEnvelope, stopOf, toolUseId, unseenThinking, usageOf } from './message-shape.ts'
import { signThinking } from './thinking-signature.ts'

/** A reply as Anthropic streams it. https://platform.claude.com/docs/en/build-with-claude/streaming */
export function* messageFrames(exchange: Exchange, prompt: PromptUsage, reply: Reply): Generator<Frame> {
  const atStart = usageOf(exchange, prompt, { tokens: 1, thinkingTokens: 0 })
  yield {
    ...event('message_start', {
      // One token is told before there is any: what comes later replaces it.
      message: {
        ...messageEnvelope(exchange),
        ...(atStart === null ? {} : { usage: { ...atStart, output_tokens: 1 } }),
      },
    }),
    ...(atStart === null ? {} : { reported: { input: atStart.input_tokens, output: 1 } }),
  }
  let index = 0
  let hasPinged = false
  for (const block of blocksOf(exchange, reply)) {
    yield {
      ...event('content_block_start', { index, content_block: block.start }),
      hiddenTokens: block.hiddenTokens ?? 0,
    }
    if (!hasPinged) yield event('ping', {})
    hasPinged = true
    for (const frame of block.deltas) yield { ...frame, ...event('content_block_delta', { index, delta: frame.delta }) }
    yield event('content_block_stop', { index })
    index += 1
  }
  const atEnd = usageOf(exchange, prompt, { tokens: reply.outputTokens, thinkingTokens: reply.thinkingTokens })
  // Its counts are cumulative, and there may be several: the documentation says "one or more".
  if (exchange.directives.isUsageTwice && atEnd !== null) yield event('message_delta', halfway(exchange, prompt, reply))
  yield {
    ...event('message_delta', { delta: stopOf(exchange, reply), ...(atEnd === null ? {} : { usage: atEnd }) }),
    ...(atEnd === null ? {} : { reported: { input: atEnd.input_tokens, output: atEnd.output_tokens } }),
    ending: 'usage',
  }
  yield { ...event('message_stop', {}), ending: 'end' }
}

/** A first `message_delta` that knows half of the answer. */
function halfway(exchange: Exchange, prompt: PromptUsage, reply: Reply): object {
  const tokens = Math.ceil(reply.outputTokens / 2)
  return {
    delta: { ...stopOf(exchange, reply), stop_reason: null, stop_sequence: null },
    usage: usageOf(exchange, prompt, { tokens, thinkingTokens: Math.min(tokens, reply.thinkingTokens) }),
  }
}

export const errorEvent = event('error', { error: { type: 'overloaded_error', message: 'Overloaded' } }).text

interface Delta {
  readonly delta: object
  readonly tokens?: number
  readonly thinkingTokens?: number
  readonly hiddenTokens?: number
}

interface Block {
  readonly start: object
  /** What was thought before it was opened. */
  readonly hiddenTokens?: number
  readonly deltas: Iterable<Delta>
}

function* blocksOf(exchange: Exchange, reply: Reply): Generator<Block> {
  if (reply.unseen.before > 0) yield unseenBlock(exchange, reply.unseen.before)
  if (reply.thinking.length > 0) {
    yield {
      start: { type: 'thinking', thinking: '', signature: '' },
      deltas: thinkingDeltas(reply.thinking, isThinkingOmitted(exchange)),
    }
  }
  if (reply.text.length > 0) {
    yield {
      start: { type: 'text', text: '', citations: null },
      deltas: reply.text.map(({ text, tokens }) => ({ delta: { type: 'text_delta', text }, tokens })),
    }
  }
  if (reply.unseen.after > 0) yield unseenBlock(exchange, reply.unseen.after)
  for (const [index, { name, pieces }] of reply.toolCalls.entries()) {
    const id = toolUseId(exchange, index)
    yield { start: { type: 'tool_use', id, name, input: {}, caller: { type: 'direct' } }, deltas: inputDeltas(pieces) }
  }
}

/** Thinking of which only this is told: that there was some. */
function unseenBlock(exchange: Exchange, hiddenTokens: number): Block {
  const start = unseenThinking(exchange)
  if (start.type === 'redacted_thinking') return { start, hiddenTokens, deltas: [] }
  const delta = { type: 'signature_delta', signature: start.signature }
  return { start: { ...start, signature: '' }, deltas: [{ delta, hiddenTokens }] }
}

/** The signature comes last; thinking that is omitted is only that, with all its tokens. */
function* thinkingDeltas(pieces: readonly Piece[], isOmitted: boolean): Generator<Delta> {
  if (!isOmitted) {
    for (const { text, tokens } of pieces)
      yield { delta: { type: 'thinking_delta', thinking: text }, tokens, thinkingTokens: tokens }
  }
  const signature = signThinking(isOmitted ? '' : joinPieces(pieces))
  yield { delta: { type: 'signature_delta', signature }, hiddenTokens: isOmitted ? sumTokens(pieces) : 0 }
}

/** The first delta of a tool's input is empty. */
function* inputDeltas(pieces: readonly Piece[]): Generator<Delta> {
  yield { delta: { type: 'input_json_delta', partial_json: '' } }
  for (const { text, tokens } of pieces) yield { delta: { type: 'input_json_delta', partial_json: text }, tokens }
}

function event(type: string, data: object): { readonly text: string } {
  return { text: `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n` }
}
