import { once } from 'node:events'
import type { Response } from 'express'

/** What became of an answer on its way to the page. */
export interface RelayedAnswer {
  readonly text: string
  readonly isBroken: boolean
}

/**
 * Hands a stream of OpenCredits on to the page, byte by byte, no faster than the page takes it, and reads along so that
 * the server has the text too. The stream is left when the page is: pass the same `gone` to `fetch`.
 */
export async function relayAnswer(
  answer: globalThis.Response,
  response: Response,
  gone: AbortSignal,
): Promise<RelayedAnswer> {
  const decoder = new TextDecoder()
  let received = ''
  response.status(answer.status).set({
    'content-type': answer.headers.get('content-type') ?? 'text/event-stream',
    'cache-control': 'no-store',
  })
  response.flushHeaders()
  try {
    for await (const bytes of answer.body ?? []) {
      received += decoder.decode(bytes, { stream: true })
      if (!response.write(bytes)) await once(response, 'drain', { signal: gone })
    }
    response.end()
  } catch {
    // OpenCredits or the page has hung up. An answer that is cut must not look whole, so the page's connection is cut too.
    response.destroy()
  }
  const events = received.split('\n').flatMap((line) => (line.startsWith('data: ') ? [line.slice(6)] : []))
  return { text: events.map(textOf).join(''), isBroken: !events.includes('[DONE]') }
}

function textOf(data: string): string {
  try {
    return JSON.parse(data).choices?.[0]?.delta?.content ?? ''
  } catch {
    return ''
  }
}
