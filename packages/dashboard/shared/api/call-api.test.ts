// @vitest-environment node
import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callApi, queryOf } from './call-api.ts'

let server: Server
let url: string
const seen: { method: string | undefined; type: string | undefined; body: string }[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (data) => {
      body += data
    })
    request.on('end', () => {
      seen.push({ method: request.method, type: request.headers['content-type'], body })
      const [status, text] = answers[request.url ?? ''] ?? [200, '']
      response.writeHead(status, { 'retry-after': '120' }).end(text)
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  url = `http://127.0.0.1:${address.port}`
})

afterAll(() => void server.close())

const answers: Readonly<Record<string, readonly [number, string]>> = {
  '/ok': [200, '{"a":1}'],
  '/empty': [204, ''],
  '/refused': [429, '{"error":{"type":"rate_limited","message":"Too often.","param":"email"}}'],
  '/proxy': [502, '<html>Bad gateway</html>'],
}

describe('callApi', () => {
  it('answers with what the server said, or null for nothing', async () => {
    expect(await callApi(`${url}/ok`)).toEqual({ a: 1 })
    expect(await callApi(`${url}/empty`, { method: 'DELETE' })).toBeNull()
  })

  it('sends JSON with every request that changes something, one without a body too', async () => {
    await callApi(`${url}/empty`, { method: 'POST' })
    expect(seen.at(-1)).toEqual({ method: 'POST', type: 'application/json', body: '{}' })
    await callApi(`${url}/ok`, { method: 'PATCH', body: { budget: null } })
    expect(seen.at(-1)).toMatchObject({ body: '{"budget":null}' })
  })

  it('tells a refusal by its code, field and time', async () => {
    await expect(callApi(`${url}/refused`)).rejects.toMatchObject({
      code: 'rate_limited',
      status: 429,
      param: 'email',
      retryAfterSeconds: 120,
    })
  })

  it('tells a proxy’s page from no connection', async () => {
    await expect(callApi(`${url}/proxy`)).rejects.toMatchObject({ code: 'internal_error', status: 502 })
    await expect(callApi('http://127.0.0.1:1/')).rejects.toMatchObject({ code: 'network_error' })
  })
})

describe('queryOf', () => {
  it('leaves out what is not said', () => {
    expect(queryOf({ a: 1, b: '', c: null, d: undefined, e: 'x y&z' })).toBe('?a=1&e=x+y%26z')
    expect(queryOf({ a: null })).toBe('')
  })
})
