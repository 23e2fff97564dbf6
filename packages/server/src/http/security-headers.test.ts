import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { createSecurityHeaders } from './security-headers.ts'

async function headersFor(publicUrl: string): Promise<Headers> {
  const setSecurityHeaders = createSecurityHeaders(publicUrl)
  const server = createServer((_request, response) => {
    setSecurityHeaders(response)
    response.end()
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const { headers } = await fetch(`http://127.0.0.1:${address.port}`, { headers: { connection: 'close' } })
  server.close()
  return headers
}

describe('createSecurityHeaders', () => {
  it('sends HSTS for at least a year where browsers come over TLS, for this host only', async () => {
    const headers = await headersFor('https://credits.example')
    const [, seconds] = /^max-age=(\d+)$/.exec(headers.get('strict-transport-security') ?? '') ?? []
    expect(Number(seconds)).toBeGreaterThanOrEqual(365 * 86_400)
  })

  it('sends none without TLS, and the others always', async () => {
    const headers = await headersFor('http://localhost:8787')
    expect(headers.get('strict-transport-security')).toBeNull()
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
  })
})
