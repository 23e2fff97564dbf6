import type { Reply } from '../compose-reply.ts'
import type { Asked } from '../exchange.ts'
import type { PromptUsage } from '../prompt-cache.ts'
import type { Frame } from '../stream-out.ts'
import {
  type OutputItem,
  outputItems,
  type ResponseState,
  responseEnvelope,
  responsesUsage,
  textPart,
} from './responses-shape.ts'

/** A reply as the Responses API streams it: every event numbered, every item opened, filled and closed. */
export function* responsesFrames(exchange: Asked, prompt: PromptUsage, reply: Reply): Generator<Frame> {
  const event = numbered()
  const opening = responseEnvelope(exchange, 'in_progress')
  yield event('response.created', { response: opening })
  yield {
    ...event('response.in_progress', { response: opening }),
    hiddenTokens: reply.thinkingTokens - reply.unseen.after,
  }
  const items = outputItems(exchange, reply)
  for (const [index, item] of items.entries()) yield* itemFrames(event, item, index)
  const state: ResponseState = reply.ending === 'limit' ? 'incomplete' : 'completed'
  const usage = responsesUsage(exchange, prompt, reply)
  if (exchange.directives.isUsageTwice && usage !== null) {
    const half = { ...reply, outputTokens: Math.ceil(reply.outputTokens / 2) }
    yield event('response.in_progress', { response: { ...opening, usage: responsesUsage(exchange, prompt, half) } })
  }
  const response = {
    ...responseEnvelope(exchange, state),
    output: items.map(({ whole }) => whole),
    ...(usage === null ? {} : { usage }),
  }
  yield {
    ...event(`response.${state}`, { response }),
    ...(usage === null ? {} : { reported: { input: usage.input_tokens, output: usage.output_tokens } }),
    hiddenTokens: reply.unseen.after,
    ending: 'usage',
  }
}

/** An error in the middle of a stream; it has no number of its own place, so it takes a high one. */
export const responsesErrorEvent = `event: error\ndata: ${JSON.stringify({
  type: 'error',
  code: 'server_error',
  message: 'The server had an error while processing your request.',
  param: null,
  sequence_number: 999_999,
})}\n\n`

type MakeEvent = (type: string, data: object) => { readonly text: string }

function numbered(): MakeEvent {
  let next = 0
  return (type, data) => {
    const text = `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: next, ...data })}\n\n`
    next += 1
    return { text }
  }
}

function* itemFrames(event: MakeEvent, { kind, whole, pieces }: OutputItem, index: number): Generator<Frame> {
  const place = { item_id: whole.id, output_index: index }
  yield event('response.output_item.added', { output_index: index, item: emptied(kind, whole) })
  if (kind === 'message') {
    const part = { ...place, content_index: 0 }
    const text = pieces.map((piece) => piece.text).join('')
    yield event('response.content_part.added', { ...part, part: textPart('') })
    for (const piece of pieces)
      yield {
        ...event('response.output_text.delta', { ...part, delta: piece.text, logprobs: [] }),
        tokens: piece.tokens,
      }
    yield event('response.output_text.done', { ...part, text, logprobs: [] })
    yield event('response.content_part.done', { ...part, part: textPart(text) })
  }
  if (kind === 'web_search_call')
    for (const step of ['in_progress', 'searching', 'completed']) yield event(`response.web_search_call.${step}`, place)
  if (kind === 'function_call') {
    for (const { text, tokens } of pieces)
      yield { ...event('response.function_call_arguments.delta', { ...place, delta: text }), tokens }
    yield event('response.function_call_arguments.done', { ...place, name: whole.name, arguments: whole.arguments })
  }
  yield event('response.output_item.done', { output_index: index, item: whole })
}

/** An item as it is when it begins. */
function emptied(kind: OutputItem['kind'], whole: OutputItem['whole']) {
  if (kind === 'message') return { ...whole, status: 'in_progress', content: [] }
  if (kind === 'web_search_call') return { ...whole, status: 'in_progress' }
  return kind === 'function_call' ? { ...whole, status: 'in_progress', arguments: '' } : whole
}
