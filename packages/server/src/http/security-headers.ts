import type { ServerResponse } from 'node:http'

/** Two years, which is what browsers' preload lists ask for. */
const hstsSeconds = 2 * 365 * 86_400

/**
 * Headers of every answer, errors and refusals included. Pages set stricter ones of their own over them. HSTS is sent
 * where browsers come over TLS; it covers this host only, because its operator may have others below it without TLS.
 */
export function createSecurityHeaders(publicUrl: string): (response: ServerResponse) => void {
  const isBehindTls = new URL(publicUrl).protocol === 'https:'
  const headers: readonly (readonly [string, string])[] = [
    ['x-content-type-options', 'nosniff'],
    ['referrer-policy', 'no-referrer'],
    ...(isBehindTls ? [['strict-transport-security', `max-age=${hstsSeconds}`] as const] : []),
  ]
  return (response) => {
    for (const [name, value] of headers) response.setHeader(name, value)
  }
}
