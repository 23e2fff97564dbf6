import { minuteMs } from '../kernel/clock.ts'
import { type Microcredits, microcredits } from '../kernel/microcredits.ts'
import { type ExtendOutcome, type Extension, extendHolds } from '../ledger/extend-holds.ts'
import { runStep, type Step } from '../store/step.ts'
import { countTextTokens } from '../wires/count-tokens.ts'
import type { StreamMeter } from '../wires/wire.ts'
import type { AdmittedCall } from './admit.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { costOfHold } from './plan-hold.ts'

/** The hold of a stream grows with it. */
export interface HoldSteps {
  /** Tokens per answer that are held by now. */
  readonly heldTokens: number
  /** Holds more where the answer nears what is held. @returns false when there are no more credits to hold. */
  cover(meter: StreamMeter): Promise<boolean>
}

const stepTokens = 4096
/** A step that is asked for smaller than this is not worth a transaction. */
const stepTokensMin = 64
/** How near an answer comes to what is held before more is asked for: more than one read brings. */
const marginTokens = 256
/** Low enough to be no less than the truth for any script; the exact count is asked only when credits run out. */
const bytesPerToken = 2.5
const holdLifetimeMs = 120 * minuteMs

const extension: Step<Extension, ExtendOutcome> = { run: extendHolds }

export function createHoldSteps(deps: Pick<GatewayDeps, 'db' | 'clock'>, call: AdmittedCall): HoldSteps {
  const { wish, grantedTokens } = call.plan
  let { heldTokens } = call.plan
  let counted = { bytes: 0, tokens: 0 }

  const saidTokens = (meter: StreamMeter): number =>
    Math.max(
      meter.reported.outputTokens ?? 0,
      counted.tokens + Math.ceil((meter.outputBytes - counted.bytes) / bytesPerToken),
    )
  const isCovered = (meter: StreamMeter): boolean =>
    heldTokens >= grantedTokens || saidTokens(meter) + marginTokens <= heldTokens * wish.answers

  const extendBy = async (tokens: number): Promise<boolean> => {
    const byMicrocredits = microcredits(costOfHold(wish, heldTokens + tokens) - costOfHold(wish, heldTokens))
    const asked = {
      holdId: call.requestId,
      byMicrocredits,
      budgetMicrocredits: call.budget?.amountMicrocredits ?? null,
      expiresAtMs: deps.clock.nowMs() + holdLifetimeMs,
    }
    const outcome = await runStep(deps.db, extension, asked, 'process')
    if (outcome.outcome === 'extended') {
      heldTokens += tokens
      return true
    }
    if (outcome.outcome === 'resolved') return false
    const less = tokensFor(outcome.availableMicrocredits, byMicrocredits, tokens)
    return less >= stepTokensMin && less < tokens ? extendBy(less) : false
  }

  return {
    get heldTokens() {
      return heldTokens
    },
    async cover(meter) {
      while (!isCovered(meter)) {
        if (await extendBy(Math.min(stepTokens, grantedTokens - heldTokens))) continue
        // Before an answer is cut, it is counted: the guess above is on the high side.
        counted = { bytes: meter.outputBytes, tokens: countTextTokens(meter.outputText()) }
        return isCovered(meter)
      }
      return true
    },
  }
}

/** How much of a step the credits that are left would cover. */
function tokensFor(available: Microcredits, stepPrice: Microcredits, step: number): number {
  return stepPrice <= 0 ? step : Math.floor((step * Math.max(0, available)) / stepPrice)
}
