import type { Reply } from '../compose-reply.ts'
import type { Asked } from '../exchange.ts'
import type { Frame } from '../stream-out.ts'
import { joinPieces, type Piece, sumTokens } from '../tokens.ts'
import {
  isThinkingOmitted,
  leadingBlocks,
  messageEnvelope,
  stopOf,
  toolUseId,
  unseenThinking,
  usageOf,
} from './message-shape.ts'
import type { MessagePlan } from './plan-message.ts'
import { signThinking } from './thinking-signature.ts'

/** A reply as Anthropic streams it. https://platform.claude.com/docs/en/build-with-claude/streaming */
export function* messageFrames(exchange: Asked, plan: MessagePlan): Generator<Frame> {
  const { reply } = plan
  const atStart = usageOf(exchange, { ...plan, iterations: null, searches: 0 }, { tokens: 1, thinkingTokens: 0 })
  yield {
    ...event('message_start', {
      // One token is told before there is any: what comes later replaces it.
      message: {
        ...messageEnvelope(exchange, plan),
        ...(atStart === null ? {} : { usage: { ...atStart, output_tokens: 1 } }),
      },
    }),
    ...(atStart === null ? {} : { reported: { input: atStart.input_tokens, output: 1 } }),
  }
  let index = 0
  let hasPinged = false
  for (const block of blocksOf(exchange, plan)) {
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
  const atEnd = usageOf(exchange, plan, { tokens: reply.outputTokens, thinkingTokens: reply.thinkingTokens })
  // Its counts are cumulative, and there may be several: the documentation says "one or more".
  if (exchange.directives.isUsageTwice && atEnd !== null) yield event('message_delta', halfway(exchange, plan))
  yield {
    ...event('message_delta', { delta: stopOf(exchange, plan), ...(atEnd === null ? {} : { usage: atEnd }) }),
    ...(atEnd === null ? {} : { reported: { input: atEnd.input_tokens, output: atEnd.output_tokens } }),
    // What a directive's iterations say was generated beyond what was told.
    hiddenTokens: Math.max(0, reply.outputTokens - spokenTokens(reply)),
    ending: 'usage',
  }
  yield { ...event('message_stop', {}), ending: 'end' }
}

function spokenTokens({ text, toolCalls, thinkingTokens }: Reply): number {
  return thinkingTokens + sumTokens([...text, ...toolCalls.flatMap(({ pieces }) => pieces)])
}

/** A first `message_delta` that knows half of the answer. */
function halfway(exchange: Asked, plan: MessagePlan): object {
  const { reply } = plan
  const tokens = Math.ceil(reply.outputTokens / 2)
  return {
    delta: { ...stopOf(exchange, plan), stop_reason: null, stop_sequence: null },
    usage: usageOf(exchange, plan, { tokens, thinkingTokens: Math.min(tokens, reply.thinkingTokens) }),
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

function* blocksOf(exchange: Asked, plan: MessagePlan): Generator<Block> {
  const { reply } = plan
  for (const block of leadingBlocks(exchange, plan)) yield leadingBlock(block)
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

/** A summary is told in one delta, what a server's tool was asked in another, and the rest at once. */
function leadingBlock(block: Record<string, unknown>): Block {
  if (block.type === 'compaction')
    return {
      start: { ...block, content: null },
      deltas: [{ delta: { type: 'compaction_delta', content: block.content, encrypted_content: null } }],
    }
  if (block.type === 'server_tool_use')
    return {
      start: { ...block, input: {} },
      deltas: [{ delta: { type: 'input_json_delta', partial_json: JSON.stringify(block.input) } }],
    }
  return { start: block, deltas: [] }
}

/** Thinking of which only this is told: that there was some. */
function unseenBlock(exchange: Asked, hiddenTokens: number): Block {
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
