import type { ServerResponse } from 'node:http'
import { AppError } from '../kernel/app-error.ts'
import type { Ending } from '../pricing/endings.ts'
import { countPromptTokens } from '../wires/count-prompt.ts'
import { SseScanner } from '../wires/sse-scanner.ts'
import type { StreamMeter, StreamTranslator } from '../wires/wire.ts'
import type { AdmittedCall } from './admit.ts'
import type { UpstreamOutcome } from './forward.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { createHoldSteps, type HoldSteps } from './hold-steps.ts'
import { type MeasuredUsage, measureUsage } from './measure-usage.ts'
import { openClientStream } from './open-client-stream.ts'
import type { CallControl } from './running-call.ts'
import { identityOf, settleRequest } from './settle-request.ts'

type UpstreamResponse = Extract<UpstreamOutcome, { kind: 'response' }>

interface Relayed {
  readonly ending: Ending
  /** The provider's last event, kept back until the call is settled: whoever sees the end has been charged. */
  readonly lastEvent: Buffer | null
  readonly firstByteAtMs: number | null
}

/** What reads one stream as it goes by. */
interface StreamParts {
  readonly meter: StreamMeter
  readonly translator: StreamTranslator | null
  readonly steps: HoldSteps
}

/** Relays a stream as it comes, at the pace of the slower side, while its usage is counted; then settles and ends it. */
export async function relayStream(
  deps: GatewayDeps,
  call: AdmittedCall,
  upstream: UpstreamResponse,
  control: CallControl,
  response: ServerResponse,
): Promise<void> {
  const client = openClientStream(response, {
    ping: call.wire.ping,
    pingIntervalMs: deps.pingIntervalMs,
    headers: call.isClamped ? { 'opencredits-max-tokens': String(call.maxTokensSent) } : {},
  })
  const parts: StreamParts = {
    meter: call.prepared.createMeter(),
    translator: call.prepared.translation?.createStream(guessPromptTokens(call)) ?? null,
    steps: createHoldSteps(deps, call),
  }
  const relayed = await relay(deps, parts, upstream, control, client.write)
  client.stopPings()
  const measured = measureUsage(call, parts.meter.reported, parts.meter.outputText())
  await settleRequest(
    deps,
    {
      ...identityOf(call),
      ending: relayed.ending,
      httpStatus: 200,
      errorCode: relayed.ending === 'upstream_cut' ? 'upstream_error' : null,
      upstreamRequestId: upstream.requestId,
      firstByteAtMs: relayed.firstByteAtMs,
      measured,
      terms: call.terms,
      partnerId: call.key.partnerId,
      budgetMicrocredits: call.budget?.amountMicrocredits ?? null,
      ...(relayed.ending === 'credits_exhausted' ? { grantedMaxTokens: parts.steps.heldTokens } : {}),
    },
    deps.clock.nowMs(),
  )
  if (!response.destroyed) response.end(lastBytes(call, parts, relayed, measured))
}

/** A short prompt is counted; of a long one, which that would take too long for, the hold's estimate is known to be high. */
function guessPromptTokens(call: AdmittedCall): number {
  return countPromptTokens(call.request.body, 20_000) ?? Math.ceil(call.estimatedInputTokens * 0.6)
}

async function relay(
  deps: GatewayDeps,
  { meter, translator, steps }: StreamParts,
  upstream: UpstreamResponse,
  control: CallControl,
  write: (parts: readonly (Buffer | string)[]) => Promise<void>,
): Promise<Relayed> {
  const scanner = new SseScanner()
  let firstByteAtMs: number | null = null
  const stopped = (): Ending => (control.isCut ? 'shutdown' : control.isClientGone ? 'client_gone' : 'upstream_cut')
  try {
    for await (const bytes of upstream.body) {
      firstByteAtMs ??= deps.clock.nowMs()
      control.follow(meter)
      const passed: (Buffer | string)[] = []
      for (const event of scanner.push(bytes)) {
        const verdict = meter.observe(event)
        if (verdict === 'end' || verdict === 'fail') {
          if (verdict === 'end' && translator !== null) passed.push(translator.push(event))
          await write(passed)
          control.stopUpstream()
          return { ending: verdict === 'end' ? 'completed' : 'upstream_cut', lastEvent: event.bytes, firstByteAtMs }
        }
        if (translator !== null) passed.push(translator.push(event))
        else if (verdict === 'pass') passed.push(event.bytes)
      }
      if (control.isClientGone) break
      await write(passed)
      if (!(await steps.cover(meter))) {
        control.stopUpstream()
        return { ending: 'credits_exhausted', lastEvent: null, firstByteAtMs }
      }
    }
  } catch {
    // The provider broke off, or we stopped it: why is told by who asked for it.
  }
  control.stopUpstream()
  return { ending: stopped(), lastEvent: null, firstByteAtMs }
}

/** How the client's stream ends: properly, in its own format, whatever happened. */
function lastBytes(
  call: AdmittedCall,
  { meter, translator, steps }: StreamParts,
  { ending, lastEvent }: Relayed,
  { usage }: MeasuredUsage,
): Buffer | string {
  if (ending === 'completed') return translator === null ? (lastEvent ?? '') : translator.finish(usage, false)
  if (ending === 'credits_exhausted') {
    const told = `: opencredits-max-tokens ${steps.heldTokens}\n\n`
    return told + (translator === null ? meter.cutShort(usage) : translator.finish(usage, true))
  }
  // The provider's own words for its failure, where the client knows them.
  if (lastEvent !== null && translator === null) return lastEvent
  return call.wire.formatStreamError(failureOf(ending), call.requestId)
}

function failureOf(ending: Ending): AppError {
  return ending === 'shutdown'
    ? new AppError('overloaded', 'The server had to stop and cut the answer; what was generated is charged. Ask again.')
    : new AppError('upstream_error', 'The AI provider’s answer broke off; what was generated is charged. Ask again.')
}
