import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http'
import { connect } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { AppError } from '../kernel/app-error.ts'
import { createBodiesInFlight } from './bodies-in-flight.ts'
import { discardRest } from './discard-rest.ts'
import type { BodyPatience } from './follow-body.ts'
import { createBodyReader } from './read-body.ts'

const megabyte = 1024 * 1024
const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
  }
})

/** A server that answers each body with its length, or with the code and status of its refusal. */
async function start(
  options: { readonly bytesMax?: number; readonly ownerBytesMax?: number; readonly patience?: BodyPatience } = {},
) {
  const { bytesMax = 10 * megabyte, ownerBytesMax = 60 * megabyte, patience } = options
  const inFlight = createBodiesInFlight({ ownerBytesMax, serverBytesMax: 100 * megabyte })
  const readBody = createBodyReader(inFlight, patience)
  const refusals: string[] = []
  const server = createServer((request, response) => {
    readBody(request, { bytesMax, owner: { name: 'me', isPaying: true } }).then(
      (body) => {
        response.end(JSON.stringify({ length: body.length, nodes: body.structure.nodes, held: inFlight.bytes }))
        body.release()
      },
      (error: unknown) => {
        if (!(error instanceof AppError)) throw error
        refusals.push(error.code)
        if (!request.complete && error.headers.connection !== 'close') discardRest(request, response)
        response.statusCode = error.status
        for (const [name, value] of Object.entries(error.headers)) response.setHeader(name, value)
        response.end(JSON.stringify({ code: error.code, message: error.message, held: inFlight.bytes }))
      },
    )
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { port: address.port, inFlight, refusals }
}

interface Sent {
  readonly status: number | undefined
  readonly body: Record<string, unknown>
}

/** Sends a body in these parts. */
async function send(
  port: number,
  parts: readonly (Buffer | string)[],
  headers: Record<string, string | number> = {},
): Promise<Sent> {
  const outgoing = httpRequest({ port, host: '127.0.0.1', method: 'POST', headers })
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>
  for (const part of parts) if (!outgoing.write(part)) await Promise.race([once(outgoing, 'drain'), answered])
  outgoing.end()
  const [incoming] = await answered
  const text = (await incoming.toArray()).join('')
  return { status: incoming.statusCode, body: JSON.parse(text) }
}

const textOf = (bytes: number) => `{"a":"${'x'.repeat(bytes - 8)}"}`

describe('createBodyReader', { timeout: 60_000 }, () => {
  it.each([
    ['a few bytes', 20],
    ['a body of several parts', 300_000],
    ['megabytes', 5 * megabyte],
  ])('reads %s, of a length that is told or not', async (_label, bytes) => {
    const { port, inFlight } = await start()
    const body = textOf(bytes)
    const told = await send(port, [body], { 'content-length': bytes })
    expect(told).toEqual({ status: 200, body: { length: bytes, nodes: 2, held: bytes } })
    const halves = [body.slice(0, bytes / 2), body.slice(bytes / 2)]
    expect(await send(port, halves)).toEqual(told)
    expect(inFlight.bytes).toBe(0)
  })

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ] as const)('unpacks %s, and counts what comes out', async (encoding, pack) => {
    const { port, inFlight } = await start()
    const [body, bomb] = [textOf(megabyte), Buffer.alloc(40 * megabyte, ' ')]
    expect(await send(port, [pack(body)], { 'content-encoding': encoding })).toMatchObject({
      status: 200,
      body: { length: megabyte },
    })
    expect(await send(port, [pack(bomb)], { 'content-encoding': encoding })).toMatchObject({ status: 413 })
    expect((await send(port, ['no such packing'], { 'content-encoding': encoding })).status).toBe(400)
    expect((await send(port, [pack(body).subarray(0, 20)], { 'content-encoding': encoding })).status).toBe(400)
    expect(inFlight.bytes).toBe(0)
  })

  it('refuses a coding that it does not know', async () => {
    const { port } = await start()
    expect(await send(port, ['{}'], { 'content-encoding': 'lzma' })).toMatchObject({
      status: 415,
      body: { code: 'unsupported_media_type' },
    })
  })

  it('refuses what is too large as soon as that is known, and tells it to a client that sends on', async () => {
    const { port, inFlight } = await start({ bytesMax: megabyte })
    const tooLarge = { status: 413, body: { code: 'request_too_large', held: 0 } }
    const body = Buffer.alloc(8 * megabyte, ' ')
    expect(await send(port, [body], { 'content-length': body.length })).toMatchObject(tooLarge)
    expect(await send(port, [body, body, body])).toMatchObject(tooLarge)
    expect(inFlight.bytes).toBe(0)
  })

  it('refuses a body for its structure before it has come in whole', async () => {
    const { port } = await start()
    const deep = Buffer.alloc(5 * megabyte, '[')
    const answer = await send(port, [deep])
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
    expect(answer.body.message).toMatch(/nested too deep/)
  })

  it('refuses a body that does not come in time, however little of it is missing', async () => {
    const { port, refusals, inFlight } = await start({ patience: { ms: 200, msPerMegabyte: 100 } })
    const socket = connect(port, '127.0.0.1')
    socket.write(`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${2 * megabyte}\r\n\r\n${' '.repeat(2 * megabyte - 1)}`)
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1.1 400 [\s\S]*did not arrive in time/)
    expect(refusals).toEqual(['invalid_request'])
    expect(inFlight.bytes).toBe(0)
    socket.destroy()
  })

  it('forgets a body whose client leaves', async () => {
    const { port, refusals, inFlight } = await start()
    const socket = connect(port, '127.0.0.1')
    socket.write(`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\n\r\n${' '.repeat(500_000)}`)
    while (inFlight.bytes < 500_000) await new Promise((wait) => setTimeout(wait, 5))
    socket.destroy()
    while (refusals.length === 0) await new Promise((wait) => setTimeout(wait, 5))
    expect(inFlight.bytes).toBe(0)
  })

  it('lets one owner have only so much on its way', async () => {
    const { port, inFlight } = await start({ ownerBytesMax: 20 * megabyte })
    const body = Buffer.alloc(10 * megabyte, ' ')
    const sendWhole = async () => (await send(port, [body], { 'content-length': body.length })).status
    const sendHalf = (bytes: number) => {
      const socket = connect(port, '127.0.0.1')
      socket.write(`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${bytes}\r\n\r\n${' '.repeat(1000)}`)
      return socket
    }
    const first = sendHalf(10 * megabyte)
    await expect.poll(() => inFlight.bytes).toBe(1_000)
    expect(await sendWhole()).toBe(200)
    const second = sendHalf(megabyte)
    await expect.poll(() => inFlight.bytes).toBe(2_000)
    expect(await sendWhole()).toBe(429)
    for (const socket of [first, second]) socket.destroy()
  })
})
