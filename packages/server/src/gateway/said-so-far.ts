import type { Model } from '../pricing/catalogue.ts'
import type { StreamMeter } from '../wires/wire.ts'
import type { SaidCounter } from './count-said.ts'

/** How many tokens a stream has said so far, never too few: what has not been counted yet is a token a byte. */
export interface SaidSoFar {
  follow(meter: StreamMeter): void
  tokens(): number
  /** Counts what has come since the last count. @returns false where that is too little to be worth it. */
  countOnSafeSide(): Promise<boolean>
  /** Counts all by the model's own tokenizer, where that can be had. */
  countExactly(): Promise<void>
}

/** Text that is shorter is not worth a count. */
const countedBytesMin = 512

interface Count {
  readonly characters: number
  readonly bytes: number
  readonly tokens: number
}

const nothingSaid: Count = { characters: 0, bytes: 0, tokens: 0 }

export function createSaidSoFar(counter: SaidCounter, model: Model): SaidSoFar {
  let meter: StreamMeter | null = null
  let exact = nothingSaid
  /** The exact count, and what was added to it since on the safe side. */
  let bound = nothingSaid
  return {
    follow(followed) {
      meter = followed
    },
    tokens() {
      if (meter === null) return 0
      return Math.max(meter.reported.outputTokens ?? 0, bound.tokens + meter.outputBytes - bound.bytes)
    },
    async countOnSafeSide() {
      if (meter === null || meter.outputBytes - bound.bytes < countedBytesMin) return false
      const [text, bytes] = [meter.outputText(), meter.outputBytes]
      const tokens = await counter.bound(model, text.slice(bound.characters))
      bound = { characters: text.length, bytes, tokens: bound.tokens + tokens }
      return true
    },
    async countExactly() {
      if (meter === null) return
      const [text, bytes] = [meter.outputText(), meter.outputBytes]
      const tokens = await counter.count(model, text.slice(exact.characters))
      if (tokens === null) return
      exact = { characters: text.length, bytes, tokens: exact.tokens + tokens }
      bound = exact
    },
  }
}
