import { vi } from 'vitest'

export interface SeenCall {
  readonly path: string
  readonly method: string
  readonly userKey: string | null
  readonly request: Request
  readonly cache: RequestCache | undefined
}

type Answer = (call: SeenCall) => Response | Promise<Response>

export const baseUrl = 'https://credits.example'

/** A server in the place of `fetch`, by path without the query; what it does not know is unreachable. */
export function serveApi(answers: Readonly<Record<string, Answer>>): readonly SeenCall[] {
  const seen: SeenCall[] = []
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input instanceof Request ? input : String(input), init)
    const { pathname, search, origin } = new URL(request.url)
    const userKey = request.headers.get('x-user-key')
    const call = { path: pathname + search, method: request.method, userKey, request, cache: init?.cache }
    seen.push(call)
    const answer = origin === baseUrl ? answers[pathname] : answers[request.url]
    if (answer === undefined) throw new TypeError('offline')
    return answer(call)
  })
  return seen
}

export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })
}

export function refusal(status: number, type: string, message: string): Response {
  return json({ error: { type, message } }, status)
}
