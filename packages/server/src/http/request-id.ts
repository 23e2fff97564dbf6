import type { IncomingMessage, ServerResponse } from 'node:http'
import { assert } from '../kernel/assert.ts'
import { newId } from '../kernel/ids.ts'

const ids = new WeakMap<IncomingMessage, string>()

/** Gives a request an id of ours (a caller's own is never believed) and tells it in the `request-id` header. */
export function assignRequestId(request: IncomingMessage, response: ServerResponse): void {
  const id = newId('req')
  ids.set(request, id)
  response.setHeader('request-id', id)
}

/** The id that `assignRequestId` gave: `req_…`. */
export function requestIdOf(request: IncomingMessage): string {
  const id = ids.get(request)
  assert(id !== undefined, 'assignRequestId runs before everything else')
  return id
}
