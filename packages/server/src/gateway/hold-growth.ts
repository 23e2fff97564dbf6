import { secondMs } from '../kernel/clock.ts'
import { type Microcredits, microcredits } from '../kernel/microcredits.ts'
import type { StreamMeter } from '../wires/wire.ts'
import type { AdmittedCall } from './admit.ts'
import { extendHold } from './extend-hold.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { costOfHold } from './plan-hold.ts'
import { createSaidSoFar } from './said-so-far.ts'

/** The hold of a stream, which stays ahead of what the stream may have cost by now: by what it has said, and by time. */
export interface HoldGrowth {
  /** Tokens per answer that are held by now. */
  readonly heldTokens: number
  heldMicrocredits(): Microcredits
  /** From here on what is said counts as well as the time. */
  follow(meter: StreamMeter): void
  /** Whether the hold is ahead of what was said. Asked after every read, so it is arithmetic only. */
  readonly isAheadOfText: boolean
  /** Waits until the hold is ahead again, or the call has been stopped because it cannot be. Never rejects. */
  catchUp(): Promise<void>
  close(): void
}

export interface GrowthOptions {
  /** From when on it counts. */
  sentAtMs(): number
  /** Whether time counts: the model may generate what it never shows. */
  readonly mayThinkUnseen: boolean
  /** There are no more credits to hold. */
  onRefused(): void
  /** The store did not answer, or something of ours is broken. */
  onFailed(error: unknown): void
}

const stepTokens = 4096
/** A step that is asked for smaller than this is not worth a transaction. */
const stepTokensMin = 64
/** How near an answer comes to what is held before more is asked for; and when there was no more to be had. */
const marginTokens = 512
const lastMarginTokens = 128
/** The same for time: longer than the store takes to hold a step. */
const leadMs = 2 * secondMs

type GrowthDeps = Pick<GatewayDeps, 'db' | 'clock' | 'saidCounter' | 'speeds'>

/** What does not stream holds all that it may cost from the start. */
export function createHoldGrowth(deps: GrowthDeps, call: AdmittedCall, options: GrowthOptions): HoldGrowth {
  return call.request.isStream ? growWithStream(deps, call, options) : grownHold(call)
}

function grownHold({ plan: { wish, heldTokens } }: AdmittedCall): HoldGrowth {
  return {
    heldTokens,
    heldMicrocredits: () => costOfHold(wish, heldTokens),
    isAheadOfText: true,
    follow: () => {},
    catchUp: () => Promise.resolve(),
    close: () => {},
  }
}

/** Its timer is the stream's only one, and only streams have it whose time counts. */
function growWithStream(deps: GrowthDeps, call: AdmittedCall, options: GrowthOptions): HoldGrowth {
  const { wish, grantedTokens } = call.plan
  const isTimed = options.mayThinkUnseen
  const tokensPerMs = deps.speeds.topTokensPerSecond(call.model) / secondMs
  const said = createSaidSoFar(deps.saidCounter, call.model)
  let { heldTokens } = call.plan
  /** At the last try there was no more: what is held is used to its end before the next one. */
  let isDry = false
  let isClosed = false
  let growing: Promise<void> | null = null
  let timer: NodeJS.Timeout | undefined

  const isCapped = () => isClosed || heldTokens >= grantedTokens
  const usedUpAtMs = () => (isTimed ? options.sentAtMs() + heldTokens / tokensPerMs : Number.POSITIVE_INFINITY)
  const dueAtMs = () => usedUpAtMs() - (isDry ? 0 : leadMs)
  const isAheadOfText = () =>
    isCapped() || said.tokens() + (isDry ? lastMarginTokens : marginTokens) <= heldTokens * wish.answers
  const isAhead = () => isCapped() || (isAheadOfText() && deps.clock.nowMs() < dueAtMs())

  const schedule = (): void => {
    clearTimeout(timer)
    if (isTimed && !isCapped()) timer = setTimeout(catchUp, Math.max(0, dueAtMs() - deps.clock.nowMs()))
  }
  const extendBy = async (tokens: number): Promise<boolean> => {
    const byMicrocredits = microcredits(costOfHold(wish, heldTokens + tokens) - costOfHold(wish, heldTokens))
    const outcome = await extendHold(deps, call, { byMicrocredits, untilMs: usedUpAtMs() })
    if (outcome.outcome === 'extended') {
      heldTokens += tokens
      return true
    }
    if (outcome.outcome === 'resolved') return false
    const less = tokensFor(outcome.availableMicrocredits, byMicrocredits, tokens)
    return less >= stepTokensMin && less < tokens ? extendBy(less) : false
  }
  const grow = async (): Promise<void> => {
    while (!isAhead()) {
      if (!isAheadOfText() && (await said.countOnSafeSide())) continue
      isDry = !(await extendBy(Math.min(stepTokens, grantedTokens - heldTokens)))
      if (!isDry) continue
      // Before an answer is cut it is counted exactly: the count so far is on the high side.
      await said.countExactly()
      if (isAhead()) return
      isClosed = true
      options.onRefused()
    }
  }
  const catchUp = (): Promise<void> => {
    growing ??= grow()
      .catch((error: unknown) => {
        isClosed = true
        options.onFailed(error)
      })
      .finally(() => {
        growing = null
        schedule()
      })
    return growing
  }
  schedule()
  return {
    get heldTokens() {
      return heldTokens
    },
    heldMicrocredits: () => costOfHold(wish, heldTokens),
    get isAheadOfText() {
      return isAheadOfText()
    },
    follow: said.follow,
    catchUp,
    close() {
      isClosed = true
      clearTimeout(timer)
    },
  }
}

/** How much of a step the credits that are left would cover. */
function tokensFor(available: Microcredits, stepPrice: Microcredits, step: number): number {
  return stepPrice <= 0 ? step : Math.floor((step * Math.max(0, available)) / stepPrice)
}
