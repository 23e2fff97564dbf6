/** The time of files and batches: tests move it forward, so that a day is over at once. */
export interface SandboxClock {
  nowMs(): number
  pass(ms: number): void
}

export function createSandboxClock(): SandboxClock {
  let aheadMs = 0
  return {
    nowMs: () => Date.now() + aheadMs,
    pass(ms) {
      aheadMs += ms
    },
  }
}
