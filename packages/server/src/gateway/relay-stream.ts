import type { ServerResponse } from 'node:http'
import { readPromptText } from '../wires/read-prompt-text.ts'
import type { StreamMeter } from '../wires/wire.ts'
import type { AdmittedCall } from './admit.ts'
import { endingOf, errorEnd, properEnd, type StreamParts } from './end-stream.ts'
import type { UpstreamOutcome } from './forward.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { openClientStream } from './open-client-stream.ts'
import { relayEvents } from './relay-events.ts'
import type { CallControl } from './running-call.ts'
import { settleStream } from './settle-stream.ts'

type UpstreamResponse = Extract<UpstreamOutcome, { kind: 'response' }>

/**
 * Relays a stream as it comes while its usage is counted and its hold grows; then settles, and only then ends it: whoever
 * sees the end has been charged. A client that leaves changes nothing but that nobody is written to. It reads from the
 * first byte on, without a wait before it: what a broken connection leaves unread is lost.
 * @param upstream null where the call was stopped before its provider answered.
 * @throws AppError where it failed before the client had seen anything.
 */
export async function relayStream(
  deps: GatewayDeps,
  call: AdmittedCall,
  upstream: UpstreamResponse | null,
  control: CallControl,
  response: ServerResponse,
): Promise<void> {
  const meter = call.prepared.createMeter()
  control.follow(meter)
  if (upstream === null && control.stoppedFor !== 'credits_exhausted') {
    const stream = { meter, translator: null, relayed: null }
    const ended = endingOf(control, stream)
    await settleStream(deps, call, { control, stream, ended, upstream })
    if (ended.error !== null) throw ended.error
    return
  }
  const translator = call.prepared.translation?.createStream(control.guessPromptTokens()) ?? null
  const client = openClientStream(response, {
    ping: call.wire.ping,
    pingIntervalMs: deps.pingIntervalMs,
    stallMsMax: deps.clientStallMsMax,
    headers: call.isClamped ? { 'opencredits-max-tokens': String(call.maxTokensSent) } : {},
  })
  const { editor } = call.prepared
  const readers = {
    client,
    control,
    meter,
    translator,
    editor,
    canStopAtOnce: () => canStopAtOnce(call, control, meter),
  }
  const body = upstream?.body.stream() ?? null
  const relayed = body === null ? null : await relayEvents({ ...readers, clock: deps.clock, body })
  if (relayed?.how !== 'end') control.hangUp()

  const stream: StreamParts = { meter, translator, relayed }
  const ended = endingOf(control, stream)
  const failed = ended.error === null ? null : errorEnd(call, ended.error, stream)
  // The store may stay away for long, and what the client has to hear does not depend on it.
  if (ended.ending === 'store_failed' && failed !== null) client.end(failed)
  const { usage } = await settleStream(deps, call, { control, stream, ended, upstream })
  if (failed !== null) client.end(failed)
  else if (ended.ending === 'completed' || ended.ending === 'credits_exhausted') {
    client.end(properEnd(call, ended.ending, stream, { usage, heldTokens: control.growth.heldTokens }))
    call.memory?.keep()
  }
  // A provider that has said its last word has ended by now, and its connection is free for the next call.
  if (body !== null && !body.readableEnded) control.hangUp()
}

/**
 * Whether the provider may be stopped when the client leaves, in place of being read to its end: all that it has
 * generated was shown, and both prompt and answer can be counted exactly without it.
 */
function canStopAtOnce(call: AdmittedCall, control: CallControl, { reported }: StreamMeter): boolean {
  if (control.mayThinkUnseen) return false
  // Anthropic counts the prompt before it answers, and counts texts for nothing.
  if (call.model.provider === 'anthropic') return reported.inputTokens !== undefined
  return call.model.provider === 'openai' && readPromptText(call.request.body).isPlain
}
