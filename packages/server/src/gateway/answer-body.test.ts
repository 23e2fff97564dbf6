import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import type { AnswerBody } from './answer-body.ts'
import { createUpstreams, isTimeout, type UpstreamOutcome, type Upstreams } from './forward.ts'
import { AnswerTooLong } from './read-whole.ts'

/** What comes of a provider's answer is the same whether it is put together on the way or read as a stream. */

let server: Server
let upstreams: Upstreams

afterEach(async () => {
  await upstreams.close()
  server.closeAllConnections()
  server.close()
})

async function ask(listener: RequestListener, isWhole: boolean, signal = new AbortController().signal) {
  server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const none = { baseUrl: 'http://127.0.0.1:1', apiKeys: [] }
  const openai = { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, apiKeys: ['a'] }
  upstreams = createUpstreams({
    providers: { openai, anthropic: none, google: none, xai: none },
    timeouts: { connectMs: 1000, firstByteMs: 5000, idleMs: 1000 },
    clock: { nowMs: Date.now },
  })
  return upstreams.forward({
    ...{ provider: 'openai', path: '/x', body: '{}', headersFor: () => ({}), signal, isWhole },
  })
}

function bodyOf(outcome: UpstreamOutcome): AnswerBody {
  if (outcome.kind !== 'response') throw new Error(outcome.reason)
  return outcome.body
}

async function read(body: AnswerBody, bytesMax = 1000) {
  const reasons: Error[] = []
  const bytes = await body.readWhole(bytesMax, (reason) => reasons.push(reason))
  return { text: bytes === null ? null : String(bytes), reasons }
}

describe.each([
  ['put together', true],
  ['a stream', false],
])('an answer that is %s', (_name, isWhole) => {
  it('is read to its end, in however many parts it comes', async () => {
    const parts: RequestListener = (_request, response) => {
      response.writeHead(200, { 'x-request-id': 'r1', 'content-type': 'application/json' })
      response.write('one ')
      setTimeout(() => response.end('two'), 50)
    }
    const outcome = await ask(parts, isWhole)
    expect(outcome).toMatchObject({ status: 200, requestId: 'r1', contentType: 'application/json' })
    expect(await read(bodyOf(outcome))).toEqual({ text: 'one two', reasons: [] })
  })

  it('may be empty', async () => {
    expect(await read(bodyOf(await ask((_request, response) => response.end(), isWhole)))).toEqual({
      text: '',
      reasons: [],
    })
  })

  it('may be packed, and may be read as a stream', async () => {
    const packed: RequestListener = (_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('packed'))
    expect(await read(bodyOf(await ask(packed, isWhole)))).toEqual({ text: 'packed', reasons: [] })
    const chunks: Buffer[] = []
    const plain = bodyOf(await ask((_request, response) => response.end('plain'), isWhole))
    for await (const chunk of plain.stream()) chunks.push(chunk)
    expect(String(Buffer.concat(chunks))).toBe('plain')
  })

  it('that is too long is stopped at the provider', async () => {
    let isClosed = false
    const endless: RequestListener = (_request, response) => {
      const writing = setInterval(() => response.write('x'.repeat(400)), 5)
      response.once('close', () => {
        clearInterval(writing)
        isClosed = true
      })
    }
    const { text, reasons } = await read(bodyOf(await ask(endless, isWhole)))
    expect(text).toBeNull()
    expect(reasons[0]).toBeInstanceOf(AnswerTooLong)
    await expect.poll(() => isClosed).toBe(true)
  })

  it('that breaks off, or goes silent, is none, and says why', async () => {
    const cut: RequestListener = (_request, response) => {
      response.writeHead(200, { 'content-length': '10' }).write('half')
      setTimeout(() => response.destroy(), 50)
    }
    const broken = await read(bodyOf(await ask(cut, isWhole)))
    expect([broken.text, broken.reasons.map(isTimeout)]).toEqual([null, [false]])
    const silent = await read(bodyOf(await ask((_request, response) => void response.write('half'), isWhole)))
    expect([silent.text, silent.reasons.map(isTimeout)]).toEqual([null, [true]])
  })

  it('ends when the call is stopped, before it came and in its middle', async () => {
    const early = new AbortController()
    const asked = ask(() => early.abort(), isWhole, early.signal)
    expect(await asked).toEqual({ kind: 'failed', reason: 'AbortError' })
    expect(await ask(() => {}, isWhole, early.signal)).toEqual({ kind: 'failed', reason: 'AbortError' })
    const late = new AbortController()
    const outcome = await ask((_request, response) => void response.write('half'), isWhole, late.signal)
    const reading = read(bodyOf(outcome))
    late.abort()
    expect((await reading).text).toBeNull()
  })

  it('that nobody reads leaves its connection to the next call', async () => {
    const sockets = new Set<unknown>()
    const large: RequestListener = (request, response) => {
      sockets.add(request.socket)
      response.end('x'.repeat(300_000))
    }
    bodyOf(await ask(large, isWhole)).discard()
    await new Promise((wait) => setTimeout(wait, 100))
    const again = await upstreams.forward({
      ...{ provider: 'openai', path: '/x', body: '{}', headersFor: () => ({}), isWhole },
      signal: new AbortController().signal,
    })
    expect((await read(bodyOf(again), 400_000)).text).toHaveLength(300_000)
    expect(sockets.size).toBe(1)
  })
})
