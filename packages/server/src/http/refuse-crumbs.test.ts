import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { refuseCrumbs } from './refuse-crumbs.ts'

let server: Server
let port: number
/** Whether bodies are read, or left where they are. */
let isRead: boolean

beforeEach(async () => {
  server = createServer((request, response) => {
    refuseCrumbs(request)
    if (isRead)
      request.toArray().then(
        (parts) => response.end(`read ${Buffer.concat(parts).length}`),
        () => {},
      )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((closed) => server.close(closed))
})

async function answerTo(chunks: string): Promise<string> {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  socket.write(`POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n${chunks}`)
  const parts: Buffer[] = []
  socket.on('data', (part) => {
    parts.push(part)
    if (part.includes('read ')) socket.end()
  })
  await once(socket, 'close')
  return Buffer.concat(parts).toString()
}

describe('refuseCrumbs', () => {
  it.each([true, false])('ends a connection whose body comes in single bytes (read: %s)', async (isBodyRead) => {
    isRead = isBodyRead
    expect(await answerTo('1\r\nx\r\n'.repeat(3_000))).toMatch(/^HTTP\/1.1 400 [\s\S]*too many tiny chunks/)
  })

  it.each([
    ['a few tiny chunks', '1\r\nx\r\n', 900, 900],
    ['many small ones', `14\r\n${'x'.repeat(20)}\r\n`, 5_000, 100_000],
  ])('lets %s through', async (_label, chunk, count, bytes) => {
    isRead = true
    expect(await answerTo(`${chunk.repeat(count)}0\r\n\r\n`)).toContain(`read ${bytes}`)
  })
})
