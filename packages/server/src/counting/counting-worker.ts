import { parentPort } from 'node:worker_threads'
import { assert } from '../kernel/assert.ts'
import type { ReadPrompt, SplitText } from './counter.ts'

/** What a worker is asked; it has one task at a time. */
export type CountingTask =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'texts'; readonly texts: readonly string[] }
  | { readonly kind: 'split'; readonly text: string; readonly tokensMax: number }
  | { readonly kind: 'pages'; readonly pdfBase64: string }
  | { readonly kind: 'prompt'; readonly body: Uint8Array<ArrayBuffer>; readonly isCounted: boolean }
export type CountingAnswer = number | ReadPrompt | SplitText | null
/** Told before the answer, when the work itself begins: what is loaded for it is none of its time. */
export type CountingSign = 'begun'

/** Each part is loaded by the first task that needs it. */
async function work(task: CountingTask): Promise<CountingAnswer> {
  switch (task.kind) {
    case 'text': {
      const { countText } = await import('./count-text.ts')
      port.postMessage('begun' satisfies CountingSign)
      return countText(task.text)
    }
    case 'texts': {
      const { countText } = await import('./count-text.ts')
      port.postMessage('begun' satisfies CountingSign)
      return task.texts.reduce((sum, text) => sum + countText(text), 0)
    }
    case 'split': {
      const { splitText } = await import('./count-text.ts')
      port.postMessage('begun' satisfies CountingSign)
      return splitText(task.text, task.tokensMax)
    }
    case 'pages': {
      const { countPages } = await import('./count-pages.ts')
      port.postMessage('begun' satisfies CountingSign)
      return countPages(Buffer.from(task.pdfBase64, 'base64'))
    }
    case 'prompt': {
      const { readPrompt } = await import('./read-prompt.ts')
      port.postMessage('begun' satisfies CountingSign)
      return readPrompt(task.body, task.isCounted)
    }
  }
}

assert(parentPort !== null, 'this file runs as a worker thread')
const port = parentPort
port.on('message', async (task: CountingTask) => {
  const answer = await work(task)
  port.postMessage(answer, isPrompt(answer) ? [answer.body.buffer] : [])
})

function isPrompt(answer: CountingAnswer): answer is Extract<ReadPrompt, { kind: 'prompt' }> {
  return typeof answer === 'object' && answer !== null && answer.kind === 'prompt'
}
