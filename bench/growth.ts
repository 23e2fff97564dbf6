import { type Contender, type Installed, proveBooks, startOpenCredits } from './contenders.ts'
import { loadWith } from './figures.ts'
import type { Growth } from './seed-store.ts'

export interface GrowthFigures extends Growth {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

const steps: readonly Growth[] = [
  { users: 10_000, requests: 0 },
  { users: 1_000_000, requests: 100_000 },
  { users: 1_000_000, requests: 1_000_000 },
]

/**
 * The hot path in stores that have grown, called by users from all over the table. The stores stand side by side and
 * are measured in turn, round after round; of each figure the median counts.
 */
export async function measureGrowth(options: {
  readonly upstreamPort: number
  readonly firstPort: number
  readonly seconds: number
  readonly rounds: number
}): Promise<{ readonly figures: readonly GrowthFigures[]; readonly booksAreRight: boolean }> {
  const contenders: (Contender & Installed)[] = []
  for (const [index, growth] of steps.entries()) {
    const name = `${growth.users} users, ${growth.requests} calls`
    const contender = await startOpenCredits(name, { ...options, ports: [options.firstPort + index], growth })
    contenders.push(contender)
    for (const one of contender.processes) one.pause()
  }
  const taken = steps.map(() => ({ perSecond: [] as number[], p50: [] as number[], p99: [] as number[] }))
  for (let round = 0; round < options.rounds; round += 1) {
    for (const [index, contender] of contenders.entries()) {
      for (const one of contender.processes) one.resume()
      const saturated = await loadWith(contender, { mode: 'saturate', connections: 64, seconds: options.seconds })
      const paced = await loadWith(contender, { mode: 'pace', perSecond: 200, seconds: options.seconds + 1 })
      for (const one of contender.processes) one.pause()
      console.error(`round ${round + 1}, ${contender.name}: ${Math.round(saturated.perSecond)} requests/s`)
      taken[index]?.perSecond.push(saturated.perSecond)
      taken[index]?.p50.push(paced.p50)
      taken[index]?.p99.push(paced.p99)
    }
  }
  for (const contender of contenders) for (const one of contender.processes) await one.stop()
  return {
    figures: steps.map((step, index) => ({
      ...step,
      perSecond: median(taken[index]?.perSecond ?? []),
      p50Ms: median(taken[index]?.p50 ?? []),
      p99Ms: median(taken[index]?.p99 ?? []),
    })),
    booksAreRight: contenders.map(proveBooks).every(({ ok, openHolds }) => ok && openHolds === 0),
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
