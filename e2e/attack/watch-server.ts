import { readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'

export interface Watched {
  readonly answers: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly worstMs: number
  /** The most that the server ever had in memory. */
  readonly peakMegabytes: number
}

/** Watches from outside how a server fares: how fast its health is told, and how much memory it takes. */
export function watchServer(url: string, processId: number): { stop(): Promise<Watched> } {
  const latencies: number[] = []
  const probe = new Worker(new URL('./probe.ts', import.meta.url), { workerData: url })
  const failed = new Promise<never>((_, reject) => probe.once('error', reject))
  failed.catch(() => {})
  probe.on('message', (latencyMs: number) => latencies.push(latencyMs))
  return {
    async stop() {
      await Promise.race([failed, new Promise((wait) => setTimeout(wait, 100))])
      await probe.terminate()
      const sorted = latencies.toSorted((one, other) => one - other)
      const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
      return {
        answers: sorted.length,
        p50Ms: at(0.5),
        p99Ms: at(0.99),
        worstMs: at(1),
        peakMegabytes: peakMegabytesOf(processId),
      }
    },
  }
}

/** As Linux counts it; other systems do not tell. */
function peakMegabytesOf(processId: number): number {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${processId}/status`, 'utf8')) ?? []
    return Number(kilobytes) / 1024
  } catch {
    return 0
  }
}
