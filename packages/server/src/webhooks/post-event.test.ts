import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEventPoster } from './post-event.ts'

let server: Server
let port: number
const asked: string[] = []

const answers: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>> = {
  '/ok': (_request, response) => response.writeHead(204).end(),
  '/busy': (_request, response) => response.writeHead(429, { 'retry-after': '120' }).end('later'),
  '/moved': (_request, response) => response.writeHead(302, { location: '/ok' }).end(),
  '/endless': (_request, response) => {
    const timer = setInterval(() => response.write('x'.repeat(10_000)), 5)
    response.once('close', () => clearInterval(timer))
  },
  '/silent': () => {},
  '/cut': (request) => request.socket.destroy(),
}

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    answers[request.url ?? '']?.(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const loopback = [{ address: '127.0.0.1', family: 4 }]
const open = createEventPoster({ allowsPrivate: true, resolve: async () => loopback, timeoutMs: 300 })
const closed = createEventPoster({ allowsPrivate: false, resolve: async () => loopback, timeoutMs: 300 })
const post = (path: string, poster = open, host = 'hooks.example') =>
  poster.post({ url: `http://${host}:${port}${path}`, headers: { 'webhook-id': 'evt_1' }, body: '{}' })

describe('an attempt', () => {
  it.each([
    ['/ok', { status: 204, error: null, retryAfterMs: null }],
    ['/busy', { status: 429, error: 'answered 429', retryAfterMs: 120_000, responseHead: 'later' }],
    ['/moved', { status: 302, error: 'answered 302: redirects are not followed' }],
    ['/silent', { status: null, error: 'no answer within 15 seconds' }],
    ['/cut', { status: null, error: 'the connection broke off' }],
  ])('at %s', async (path, outcome) => {
    const before = asked.length
    expect(await post(path)).toMatchObject(outcome)
    expect(asked.slice(before)).toEqual([path])
  })

  it('reads no more of an endless answer than it keeps', async () => {
    const { status, error, responseHead } = await post('/endless')
    expect([status, error, responseHead?.length]).toEqual([200, null, 1_024])
  })

  it('never connects to a name whose address has become private since it was registered', async () => {
    const before = asked.length
    expect(await post('/ok', closed)).toMatchObject({ status: null, error: 'its address is not public' })
    const mixed = createEventPoster({
      allowsPrivate: false,
      resolve: async () => [{ address: '93.184.215.14', family: 4 }, ...loopback],
    })
    expect(await post('/ok', mixed)).toMatchObject({ status: null, error: 'its address is not public' })
    expect(asked.length).toBe(before)
  })

  it.each(['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0177.0.0.1', '169.254.169.254', '100.64.0.1'])(
    'never connects to %s',
    async (host) => {
      const before = asked.length
      expect(await post('/ok', closed, host)).toMatchObject({ status: null, error: 'its address is not public' })
      expect(asked.length).toBe(before)
    },
  )

  it('says in words of its own what went wrong', async () => {
    const gone = await open.post({ url: 'http://hooks.example:1/', headers: {}, body: '{}' })
    expect(gone).toMatchObject({ status: null, error: 'the connection was refused' })
  })
})
