import { type Clock, systemClock } from '../kernel/clock.ts'

export interface WindowCount {
  /** How often so far, this time included. */
  readonly count: number
  readonly msLeft: number
}

interface Window {
  count: number
  readonly endsAtMs: number
}

/**
 * Beyond so many subjects at once the further ones share counts: an attacker with endless addresses cannot fill the
 * memory, and cannot make anyone's own count be forgotten either.
 */
const subjectsMax = 100_000
const sharedCounts = 4_096

/** Counts how often each subject comes within a window of time, which begins when it first comes. */
export function countInMemory(
  windowMs: number,
  { clock = systemClock, subjectsAtOnce = subjectsMax }: { clock?: Clock; subjectsAtOnce?: number } = {},
): (subject: string) => WindowCount {
  // All windows are equally long, so they end in the order in which they were put in.
  const windows = new Map<string, Window>()

  const forgetEnded = (nowMs: number): void => {
    for (const [subject, { endsAtMs }] of windows) {
      if (endsAtMs > nowMs) return
      windows.delete(subject)
    }
  }
  return (subject) => {
    const nowMs = clock.nowMs()
    forgetEnded(nowMs)
    const counted = windows.has(subject) || windows.size < subjectsAtOnce ? subject : sharedName(subject)
    const window = windows.get(counted) ?? { count: 0, endsAtMs: nowMs + windowMs }
    if (window.count === 0) windows.set(counted, window)
    window.count += 1
    return { count: window.count, msLeft: window.endsAtMs - nowMs }
  }
}

function sharedName(subject: string): string {
  let hash = 0
  for (let index = 0; index < subject.length; index += 1) hash = (Math.imul(hash, 31) + subject.charCodeAt(index)) >>> 0
  return `shared ${hash % sharedCounts}`
}
