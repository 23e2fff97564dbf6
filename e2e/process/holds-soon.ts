import { expect } from 'vitest'

/** A change of a key or of a consent holds at every server for each request that begins so long after it. */
const holdsAfterMs = 2_000

/**
 * Asks until the answer shows the change, and fails for an old answer to a request that began too late for it. How long a
 * loaded machine takes to answer does not count.
 * @param changedAtMs by `performance.now()`
 */
export async function holdsSoon(changedAtMs: number, showsChange: () => Promise<boolean>): Promise<void> {
  for (;;) {
    const afterMs = performance.now() - changedAtMs
    if (await showsChange()) return
    expect(afterMs).toBeLessThan(holdsAfterMs)
    await new Promise((wait) => setTimeout(wait, 20))
  }
}
