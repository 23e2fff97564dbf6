import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Contender, root } from './contenders.ts'
import { runPinned } from './pinned-process.ts'

export interface Figures {
  readonly perSecond: number
  readonly cpuSecondsPerThousand: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** How long the event loop was held up at 200 calls a second; not asked of the others. */
  readonly loopDelayP99Ms: number
  readonly loopDelayMaxMs: number
  readonly largeBodyPerSecond: number
  readonly streams: Readonly<Record<string, { firstP50: number; firstP99: number; totalP99: number }>>
  readonly megabytesIdle: number
  /** After as many streams at once as there are. */
  readonly megabytesOfStreams: number
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
  // In a file: an argument could not hold the keys of thousands of users.
  const file = join(mkdtempSync(join(tmpdir(), 'opencredits-load-')), 'order.json')
  const { urls, headers, asks = 'chat' } = contender
  writeFileSync(file, JSON.stringify({ urls, headers, asks, ...defaults, ...order }))
  return (await runPinned(
    [process.execPath, join(import.meta.dirname, 'load.ts'), file],
    root,
  )) as unknown as LoadResult
}

/** All figures of one contender, once. */
export async function measure(contender: Contender, effort: Effort): Promise<Figures> {
  const load = (order: object) => loadWith(contender, { seconds: effort.seconds, ...order })
  const memory = () => contender.processes.reduce((sum, one) => sum + one.residentMegabytes(), 0)
  const cpu = () => contender.processes.reduce((sum, one) => sum + one.cpuSeconds(), 0)
  const megabytesIdle = memory()
  await load({ mode: 'pace', seconds: 2 })
  const streams: Record<string, { firstP50: number; firstP99: number; totalP99: number }> = {}
  let failed = 0
  for (const connections of effort.streams) {
    const result = await load({ mode: 'streams', connections })
    streams[String(connections)] = {
      firstP50: result.first.p50,
      firstP99: result.first.p99,
      totalP99: result.total.p99,
    }
    failed += result.failed
  }
  const megabytesOfStreams = memory()
  const before = cpu()
  const saturated = await load({ mode: 'saturate' })
  const cpuSecondsPerThousand = ((cpu() - before) * 1000) / saturated.sent
  if (contender.isBilling) await readLoopDelays(contender)
  const paced = await load({ mode: 'pace', seconds: effort.seconds + 1 })
  const loopDelays = contender.isBilling ? await readLoopDelays(contender) : null
  const large = await load({ mode: 'saturate', promptBytes: 400_000, connections: 8 })
  failed += saturated.failed + paced.failed + large.failed
  return {
    perSecond: saturated.perSecond,
    cpuSecondsPerThousand,
    p50Ms: paced.p50,
    p99Ms: paced.p99,
    loopDelayP99Ms: loopDelays?.p99Ms ?? Number.NaN,
    loopDelayMaxMs: loopDelays?.maxMs ?? Number.NaN,
    largeBodyPerSecond: large.perSecond,
    streams,
    megabytesIdle,
    megabytesOfStreams,
    megabytesAfter: memory(),
    failed,
  }
}

/** What Node's own sampling adds to each delay. */
const samplingMs = 10

/** What `/metrics` says of the event loop since it was asked last. */
async function readLoopDelays({ urls }: Contender): Promise<{ readonly p99Ms: number; readonly maxMs: number }> {
  const answer = await fetch(`${urls[0]}/metrics`)
  const text = await answer.text()
  const read = (name: string) =>
    Number(new RegExp(`^nodejs_eventloop_lag_${name}_seconds (\\S+)`, 'm').exec(text)?.[1] ?? Number.NaN) * 1000 -
    samplingMs
  return { p99Ms: read('p99'), maxMs: read('max') }
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
    loopDelayP99Ms: median((one) => one.loopDelayP99Ms),
    loopDelayMaxMs: median((one) => one.loopDelayMaxMs),
    largeBodyPerSecond: median((one) => one.largeBodyPerSecond),
    streams,
    // Of the first round: later ones begin with what earlier load has left.
    megabytesIdle: first?.megabytesIdle ?? Number.NaN,
    megabytesOfStreams: first?.megabytesOfStreams ?? Number.NaN,
    megabytesAfter: median((one) => one.megabytesAfter),
    failed: rounds.reduce((sum, one) => sum + one.failed, 0),
  }
}
