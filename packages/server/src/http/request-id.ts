import type { NextFunction, Request, Response } from 'express'
import { assert } from '../kernel/assert.ts'
import { newId } from '../kernel/ids.ts'

const ids = new WeakMap<Request, string>()

/** Gives each request an id of ours (a caller's own is never believed) and tells it in the `request-id` header. */
export function assignRequestId(request: Request, response: Response, next: NextFunction): void {
  const id = newId('req')
  ids.set(request, id)
  response.setHeader('request-id', id)
  next()
}

/** The id that `assignRequestId` gave: `req_…`. */
export function requestIdOf(request: Request): string {
  const id = ids.get(request)
  assert(id !== undefined, 'assignRequestId runs before everything else')
  return id
}
