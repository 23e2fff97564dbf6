import { join } from 'node:path'
import { type Contender, root } from './contenders.ts'
import { runPinned } from './pinned-process.ts'

export interface Figures {
  readonly perSecond: number
  readonly cpuSecondsPerThousand: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly largeBodyPerSecond: number
  readonly streams: Readonly<Record<string, { firstP50: number; firstP99: number; totalP99: number }>>
  readonly megabytesIdle: number
  readonly megabytesAfter: number
  readonly failed: number
}

export interface Effort {
  readonly seconds: number
  readonly streams: readonly number[]
}

export interface LoadResult {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly first: { readonly p50: number; readonly p99: number }
  readonly total: { readonly p99: number }
  readonly sent: number
  readonly failed: number
}

/** Runs `load.ts` on the other core against a contender. */
export async function loadWith(contender: Contender, order: object): Promise<LoadResult> {
  const defaults = { seconds: 4, connections: 64, perSecond: 200, promptBytes: 100 }
  const text = JSON.stringify({ urls: contender.urls, headers: contender.headers, ...defaults, ...order })
  const command = [process.execPath, join(import.meta.dirname, 'load.ts'), text]
  return (await runPinned(command, root)) as unknown as LoadResult
}

/** All figures of one contender, once. */
export async function measure(contender: Contender, effort: Effort): Promise<Figures> {
  const load = (order: object) => loadWith(contender, { seconds: effort.seconds, ...order })
  const memory = () => contender.processes.reduce((sum, one) => sum + one.residentMegabytes(), 0)
  const cpu = () => contender.processes.reduce((sum, one) => sum + one.cpuSeconds(), 0)
  const megabytesIdle = memory()
  const before = cpu()
  const saturated = await load({ mode: 'saturate' })
  const cpuSecondsPerThousand = ((cpu() - before) * 1000) / saturated.sent
  const paced = await load({ mode: 'pace', seconds: effort.seconds + 1 })
  const large = await load({ mode: 'saturate', promptBytes: 400_000, connections: 8 })
  const streams: Record<string, { firstP50: number; firstP99: number; totalP99: number }> = {}
  let failed = saturated.failed + paced.failed + large.failed
  for (const connections of effort.streams) {
    const result = await load({ mode: 'streams', connections })
    streams[String(connections)] = {
      firstP50: result.first.p50,
      firstP99: result.first.p99,
      totalP99: result.total.p99,
    }
    failed += result.failed
  }
  return {
    perSecond: saturated.perSecond,
    cpuSecondsPerThousand,
    p50Ms: paced.p50,
    p99Ms: paced.p99,
    largeBodyPerSecond: large.perSecond,
    streams,
    megabytesIdle,
    megabytesAfter: memory(),
    failed,
  }
}

/** The median of each figure over several rounds. */
export function medianOf(rounds: readonly Figures[]): Figures {
  const median = (pick: (figures: Figures) => number) => {
    const sorted = rounds.map(pick).sort((a, b) => a - b)
    return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  }
  const [first] = rounds
  const streams = Object.fromEntries(
    Object.keys(first?.streams ?? {}).map((count) => [
      count,
      {
        firstP50: median((one) => one.streams[count]?.firstP50 ?? Number.NaN),
        firstP99: median((one) => one.streams[count]?.firstP99 ?? Number.NaN),
        totalP99: median((one) => one.streams[count]?.totalP99 ?? Number.NaN),
      },
    ]),
  )
  return {
    perSecond: median((one) => one.perSecond),
    cpuSecondsPerThousand: median((one) => one.cpuSecondsPerThousand),
    p50Ms: median((one) => one.p50Ms),
    p99Ms: median((one) => one.p99Ms),
    largeBodyPerSecond: median((one) => one.largeBodyPerSecond),
    streams,
    megabytesIdle: median((one) => one.megabytesIdle),
    megabytesAfter: median((one) => one.megabytesAfter),
    failed: rounds.reduce((sum, one) => sum + one.failed, 0),
  }
}
