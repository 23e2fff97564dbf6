import type { AdmittedCall } from './admit.ts'
import type { StreamEnding, StreamParts } from './end-stream.ts'
import type { UpstreamOutcome } from './forward.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { type MeasuredUsage, measureUsage } from './measure-usage.ts'
import type { CallControl } from './running-call.ts'
import { identityOf, settleRequest } from './settle-request.ts'
import { tellFault } from './tell-fault.ts'

/** A stream that has ended, one way or another. */
interface EndedStream {
  readonly control: CallControl
  readonly stream: StreamParts
  readonly ended: StreamEnding
  readonly upstream: Extract<UpstreamOutcome, { kind: 'response' }> | null
}

/** Measures what a stream has used, tells what was broken in it, and settles it. @returns what is charged. */
export async function settleStream(
  deps: GatewayDeps,
  call: AdmittedCall,
  { control, stream, ended, upstream }: EndedStream,
): Promise<MeasuredUsage> {
  const elapsedMs = deps.clock.nowMs() - control.sentAtMs
  const { meter, relayed } = stream
  control.growth.close()
  tellFault(deps, call, ended, relayed?.failure ?? control.failure)
  const measured = await measureUsage(deps, call, {
    reported: meter.reported,
    isUsageFinal: meter.isUsageFinal,
    outputText: meter.outputText,
    unseenMs: control.mayThinkUnseen ? elapsedMs : 0,
    heldMicrocredits: control.growth.heldMicrocredits,
  })
  if (!measured.isEstimated && relayed?.isAtPace === true) {
    const outputTokens = measured.usage.outputTokens / call.request.answers
    deps.speeds.note(call.model, { outputTokens, elapsedMs })
  }
  await settleRequest(
    deps,
    {
      ...identityOf(call),
      ending: ended.ending,
      httpStatus: upstream === null ? (ended.error?.status ?? null) : 200,
      errorCode: ended.error?.code ?? null,
      upstreamRequestId: upstream?.requestId ?? null,
      firstByteAtMs: relayed?.firstByteAtMs ?? null,
      measured,
      terms: call.terms,
      partnerId: call.key.partnerId,
      budgetMicrocredits: call.budget?.amountMicrocredits ?? null,
      ...(ended.ending === 'credits_exhausted' ? { grantedMaxTokens: control.growth.heldTokens } : {}),
    },
    deps.clock.nowMs(),
  )
  return measured
}
