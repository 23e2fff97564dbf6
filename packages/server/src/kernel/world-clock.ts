/** Of which world something is, and how far that world's time was moved ahead. */
export interface WorldTime {
  readonly livemode: boolean
  /** Of the app's test clock. Left out: it was never advanced. */
  readonly clockAheadMs?: number
}

/**
 * The time by which what is of a world expires or starts anew: keys, consents, the windows of budgets, checkout sessions,
 * sign-in codes. An app moves the time of its test world ahead; the live world's is the clock's, whatever else is said.
 * @param nowMs by the clock
 */
export function worldNowMs(nowMs: number, { livemode, clockAheadMs = 0 }: WorldTime): number {
  return livemode ? nowMs : nowMs + clockAheadMs
}
