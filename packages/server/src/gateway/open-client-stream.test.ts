import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ClientStream, openClientStream } from './open-client-stream.ts'

let server: Server
let client: Socket
let response: ServerResponse
let stream: ClientStream

async function ask(): Promise<void> {
  client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  client.on('error', () => {})
  client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  const [, opened]: ServerResponse[] = await once(server, 'request')
  if (opened === undefined) throw new Error('no request')
  response = opened
}

/** A client of a stream that it reads or leaves alone. */
async function open(options: { readonly stallMsMax?: number; readonly pingIntervalMs?: number } = {}): Promise<void> {
  await ask()
  stream = openClientStream(response, {
    ping: ': ping\n\n',
    pingIntervalMs: 60_000,
    stallMsMax: 60_000,
    headers: {},
    ...options,
  })
}

/** As much as the connection holds, and more. */
function fill(): void {
  for (let times = 0; times < 400 && !stream.isBehind; times += 1) stream.write([Buffer.alloc(64 * 1024, 'x')])
  expect(stream.isBehind).toBe(true)
}

beforeEach(async () => {
  server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(() => {
  client.destroy()
  server.closeAllConnections()
  server.close()
})

describe('openClientStream', () => {
  it('keeps no process alive for a client that has left before its answer begins', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    await ask()
    client.destroy()
    await once(response, 'close')
    const before = timers()
    openClientStream(response, { ping: '', pingIntervalMs: 60_000, stallMsMax: 60_000, headers: {} })
    expect(timers()).toBe(before)
  })

  it('is behind while its client reads nothing, and has caught up when it has read', async () => {
    await open()
    client.pause()
    fill()
    const caughtUp = stream.caughtUp()
    client.resume()
    await caughtUp
    expect([stream.isBehind, stream.wasBehind]).toEqual([false, true])
  })

  it('has caught up when its client leaves, and writes nothing more', async () => {
    await open()
    client.pause()
    fill()
    const caughtUp = stream.caughtUp()
    client.destroy()
    await caughtUp
    stream.write(['x'])
    stream.end('x')
    expect(stream.isBehind).toBe(false)
    expect(response.writableEnded).toBe(false)
  })

  it('cuts a client off that takes nothing for too long, also of its end', async () => {
    await open({ stallMsMax: 100 })
    client.pause()
    fill()
    stream.write([Buffer.alloc(16 * 1024 * 1024)])
    stream.end('the end')
    await once(response, 'close')
    expect(response.writableFinished).toBe(false)
  })

  it('leaves a client alone that is slow and reads', async () => {
    await open({ stallMsMax: 400 })
    client.pause()
    for (let times = 0; times < 5; times += 1) {
      fill()
      await new Promise((wait) => setTimeout(wait, 150))
      client.resume()
      await stream.caughtUp()
      client.pause()
    }
    client.resume()
    stream.end('the end')
    await once(response, 'close')
    expect(response.writableFinished).toBe(true)
  })

  it('tells a silent client that it is alive', async () => {
    await open({ pingIntervalMs: 50 })
    let text = ''
    for await (const bytes of client) {
      text += String(bytes)
      if (text.split(': ping').length > 3) break
    }
    expect(text).toContain('text/event-stream')
  })
})
