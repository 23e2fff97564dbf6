import { availableParallelism } from 'node:os'
import type { Counter } from './counter.ts'
import type { CountingAnswer } from './counting-worker.ts'
import { createWorkerPool, type PoolLimits } from './worker-pool.ts'

/** More than the longest context holds; a PDF of 32 MB, as base64, is the largest document that a provider takes. */
const textCharactersMax = 32 * 1024 * 1024
const pdfCharactersMax = 48 * 1024 * 1024

/** One core is left to the event loop, where there are two. */
const defaultLimits: PoolLimits = {
  workersMax: Math.max(1, Math.min(2, availableParallelism() - 1)),
  readyMsMax: 15_000,
  runMsMax: 4_000,
  waitMsMax: 5_000,
  waitingMax: 64,
  waitingBytesMax: 96 * 1024 * 1024,
  memoryBytesMax: 256 * 1024 * 1024,
  // A worker keeps the memory of what it once did until it does more.
  keptAfterBytesMax: 8 * 1024 * 1024,
}

/** @param limits other limits than the default ones, for tests. */
export function createCounter(limits: Partial<PoolLimits> = {}): Counter {
  const pool = createWorkerPool({ ...defaultLimits, ...limits })
  return {
    async countText(text) {
      if (text === '') return 0
      if (text.length > textCharactersMax) return null
      return asNumber(await pool.run({ kind: 'text', text }, text.length * 2))
    },
    async countTexts(texts) {
      const characters = texts.reduce((sum, text) => sum + text.length, 0)
      if (characters > textCharactersMax) return null
      return asNumber(await pool.run({ kind: 'texts', texts }, characters * 2))
    },
    async splitText(text, tokensMax) {
      if (text.length > textCharactersMax) return null
      const answer = await pool.run({ kind: 'split', text, tokensMax }, text.length * 2)
      return typeof answer === 'object' && answer?.kind === 'split' ? answer : null
    },
    async countPages(pdfBase64) {
      if (pdfBase64.length > pdfCharactersMax) return null
      return asNumber(await pool.run({ kind: 'pages', pdfBase64 }, pdfBase64.length))
    },
    async readPrompt(body, isCounted) {
      const answer = await pool.run({ kind: 'prompt', body: movable(body), isCounted }, body.length)
      return typeof answer === 'object' && answer?.kind !== 'split' ? answer : null
    },
    close: () => pool.close(),
  }
}

function asNumber(answer: CountingAnswer): number | null {
  return typeof answer === 'number' ? answer : null
}

const movedBytesMin = 1024 * 1024

/** Bytes that a worker can take over. Few bytes may be part of a buffer that others use, and are copied. */
function movable(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes
  return bytes.length >= movedBytesMin && buffer instanceof ArrayBuffer
    ? new Uint8Array(buffer, bytes.byteOffset, bytes.length)
    : new Uint8Array(bytes)
}
