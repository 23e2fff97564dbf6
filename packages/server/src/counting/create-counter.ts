import { availableParallelism } from 'node:os'
import type { Counter } from './counter.ts'
import { createWorkerPool, type PoolLimits } from './worker-pool.ts'

/** More than the longest context holds; a PDF of 32 MB, as base64, is the largest document that a provider takes. */
const textCharactersMax = 32 * 1024 * 1024
const pdfCharactersMax = 48 * 1024 * 1024

/** One core is left to the event loop, where there are two. */
const defaultLimits: PoolLimits = {
  workersMax: Math.max(1, Math.min(2, availableParallelism() - 1)),
  runMsMax: 4_000,
  waitMsMax: 5_000,
  waitingMax: 64,
  waitingBytesMax: 96 * 1024 * 1024,
  memoryBytesMax: 320 * 1024 * 1024,
}

/** @param limits other limits than the default ones, for tests. */
export function createCounter(limits: Partial<PoolLimits> = {}): Counter {
  const pool = createWorkerPool({ ...defaultLimits, ...limits })
  return {
    async countText(text) {
      if (text === '') return 0
      return text.length > textCharactersMax ? null : pool.run({ kind: 'text', text }, text.length * 2)
    },
    async countPages(pdfBase64) {
      return pdfBase64.length > pdfCharactersMax ? null : pool.run({ kind: 'pages', pdfBase64 }, pdfBase64.length)
    },
    close: () => pool.close(),
  }
}
