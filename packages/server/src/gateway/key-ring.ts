import type { Clock } from '../kernel/clock.ts'

/** Several keys of one provider: a failing one cools down, the next is used. */
export interface KeyRing {
  /** The keys in the order in which to try them: the working ones in turn, then the one that has cooled down longest. */
  order(): readonly string[]
  /** @param forMs how long the key is passed over; less when the provider said so. */
  coolDown(key: string, forMs: number): void
}

export function createKeyRing(keys: readonly string[], clock: Clock): KeyRing {
  const coldUntilMs = new Map<string, number>()
  let turn = 0
  return {
    order() {
      turn = (turn + 1) % Math.max(1, keys.length)
      const rotated = [...keys.slice(turn), ...keys.slice(0, turn)]
      const untilMs = (key: string) => Math.max(coldUntilMs.get(key) ?? 0, clock.nowMs())
      // A lone key is tried however cold it is: refusing everything for a minute after one failure would be worse.
      return rotated.sort((a, b) => untilMs(a) - untilMs(b))
    },
    coolDown: (key, forMs) => void coldUntilMs.set(key, clock.nowMs() + forMs),
  }
}
