import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReceivedWebhook {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly id: string
  readonly type: string
}

/** A partner's server: it keeps what comes, and answers as it is told. */
export interface WebhookReceiver {
  readonly url: string
  readonly received: ReceivedWebhook[]
  /** Requests to this path are not answered until the returned function is called. */
  hold(path: string): () => void
  /** What it says, for each path; default: 200 and nothing. */
  readonly answers: Map<string, { readonly status: number; readonly headers?: Record<string, string>; body?: string }>
  close(): Promise<void>
}

export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const received: ReceivedWebhook[] = []
  const held = new Map<string, Promise<void>>()
  const answers: WebhookReceiver['answers'] = new Map()
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const path = request.url ?? ''
    const body = Buffer.concat(chunks).toString()
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
    received.push({ path, headers, body, id: headers['webhook-id'] ?? '', type: JSON.parse(body).type })
    await held.get(path)
    const answer = answers.get(path) ?? { status: 200 }
    response.writeHead(answer.status, answer.headers).end(answer.body ?? '')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answers,
    hold(path) {
      const { promise, resolve } = Promise.withResolvers<void>()
      held.set(path, promise)
      return () => {
        held.delete(path)
        resolve()
      }
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
