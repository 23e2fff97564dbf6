import { parentPort } from 'node:worker_threads'
import { assert } from '../kernel/assert.ts'

/** What a worker is asked, and what it answers; it has one task at a time. */
export type CountingTask =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'pages'; readonly pdfBase64: string }
export type CountingAnswer = number | null

/** Each part is loaded by the first task that needs it. */
async function count(task: CountingTask): Promise<CountingAnswer> {
  if (task.kind === 'text') return (await import('./count-text.ts')).countText(task.text)
  return (await import('./count-pages.ts')).countPages(Buffer.from(task.pdfBase64, 'base64'))
}

assert(parentPort !== null, 'this file runs as a worker thread')
const port = parentPort
port.on('message', async (task: CountingTask) => port.postMessage(await count(task)))
