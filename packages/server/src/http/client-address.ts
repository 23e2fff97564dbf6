import type { Request } from 'express'

/** Where a request comes from, as far as it may be believed: Express follows only the operator's trusted proxies. */
export function clientAddress(request: Request): string {
  return request.ip ?? request.socket.remoteAddress ?? 'unknown'
}
