import { once } from 'node:events'
import type { Response } from 'express'
import { AppError } from '../kernel/app-error.ts'
import type { Ending } from '../pricing/endings.ts'
import { SseScanner } from '../wires/sse-scanner.ts'
import type { StreamMeter } from '../wires/wire.ts'
import type { AdmittedCall } from './admit.ts'
import type { UpstreamOutcome } from './forward.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { measureUsage } from './measure-usage.ts'
import type { CallControl } from './running-call.ts'
import { settleRequest } from './settle-request.ts'

type UpstreamResponse = Extract<UpstreamOutcome, { kind: 'response' }>

interface Relayed {
  readonly ending: Ending
  /** The last event, kept back until the call is settled: whoever sees the end has been charged. */
  readonly lastEvent: Buffer | null
  readonly firstByteAtMs: number | null
}

/** Relays a stream as it comes, at the pace of the slower side, while its usage is counted; then settles and ends it. */
export async function relayStream(
  deps: GatewayDeps,
  call: AdmittedCall,
  upstream: UpstreamResponse,
  control: CallControl,
  response: Response,
): Promise<void> {
  response.status(200).set({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    // Proxies in front must not gather what is meant to flow.
    'x-accel-buffering': 'no',
    'opencredits-billed-to': 'credits',
    ...(call.isClamped ? { 'opencredits-max-tokens': String(call.maxTokensSent) } : {}),
  })
  response.flushHeaders()
  const meter = call.wire.createMeter(call.request)
  const relayed = await relay(deps, meter, upstream, control, response)
  await settleRequest(
    deps.db,
    {
      requestId: call.requestId,
      ending: relayed.ending,
      httpStatus: 200,
      errorCode: relayed.ending === 'upstream_cut' ? 'upstream_error' : null,
      upstreamRequestId: upstream.requestId,
      firstByteAtMs: relayed.firstByteAtMs,
      measured: measureUsage(call, meter.reported, meter.outputText()),
      terms: call.terms,
      partnerId: call.key.partnerId,
      budgetMicrocredits: call.budget?.amountMicrocredits ?? null,
    },
    deps.clock.nowMs(),
  )
  if (!response.destroyed)
    response.end(relayed.lastEvent ?? call.wire.formatStreamError(failureOf(relayed.ending), call.requestId))
}

async function relay(
  deps: GatewayDeps,
  meter: StreamMeter,
  upstream: UpstreamResponse,
  control: CallControl,
  response: Response,
): Promise<Relayed> {
  const scanner = new SseScanner()
  let firstByteAtMs: number | null = null
  const stopped = (): Ending => (control.isCut ? 'shutdown' : control.isClientGone ? 'client_gone' : 'upstream_cut')
  try {
    for await (const bytes of upstream.body) {
      firstByteAtMs ??= deps.clock.nowMs()
      control.follow(meter)
      const passed: Buffer[] = []
      for (const event of scanner.push(bytes)) {
        const verdict = meter.observe(event)
        if (verdict === 'end' || verdict === 'fail') {
          await write(response, passed)
          control.stopUpstream()
          return { ending: verdict === 'end' ? 'completed' : 'upstream_cut', lastEvent: event.bytes, firstByteAtMs }
        }
        if (verdict === 'pass') passed.push(event.bytes)
      }
      if (control.isClientGone) break
      await write(response, passed)
    }
  } catch {
    // The provider broke off, or we stopped it: why is told by who asked for it.
  }
  control.stopUpstream()
  return { ending: stopped(), lastEvent: null, firstByteAtMs }
}

/** Waits for a slow client, so that no more is read of the provider than the client takes. */
async function write(response: Response, parts: readonly Buffer[]): Promise<void> {
  if (parts.length === 0 || response.destroyed) return
  const bytes = parts.length === 1 ? parts[0] : Buffer.concat(parts)
  if (response.write(bytes)) return
  const waiting = new AbortController()
  await Promise.race([
    once(response, 'drain', { signal: waiting.signal }).catch(() => {}),
    once(response, 'close', { signal: waiting.signal }).catch(() => {}),
  ])
  waiting.abort()
}

function failureOf(ending: Ending): AppError {
  return ending === 'shutdown'
    ? new AppError('overloaded', 'The server had to stop and cut the answer; what was generated is charged. Ask again.')
    : new AppError('upstream_error', 'The AI provider’s answer broke off; what was generated is charged. Ask again.')
}
