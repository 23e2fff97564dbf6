import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { PassThrough } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { fixedClock } from '../kernel/clock.ts'
import { zeroMicrocredits } from '../kernel/microcredits.ts'
import { createMeter } from '../wires/openai-chat/create-meter.ts'
import { parseRequest } from '../wires/openai-chat/parse-request.ts'
import type { StreamMeter } from '../wires/wire.ts'
import { openClientStream } from './open-client-stream.ts'
import { relayEvents } from './relay-events.ts'
import type { CallControl } from './running-call.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** A stream from a provider's body to a client on the other end of a connection. */
async function relay(options: { readonly meter?: StreamMeter; readonly canStopAtOnce?: boolean } = {}) {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  let received = ''
  client
    .on('error', () => {})
    .on('data', (bytes) => {
      received += String(bytes)
    })
  client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  const [, response] = await once(server, 'request')
  closing.push(() => {
    client.destroy()
    server.closeAllConnections()
    server.close()
  })
  const body = new PassThrough()
  let stopped: string | null = null
  let isClientGone = false
  const listeners: (() => void)[] = []
  const control: CallControl = {
    ...{ signal: new AbortController().signal, sentAtMs: 0, failure: null, mayThinkUnseen: false },
    growth: {
      ...{ heldTokens: 1, isAheadOfText: true, follow: () => {}, catchUp: async () => {}, close: () => {} },
      heldMicrocredits: () => zeroMicrocredits,
    },
    get stoppedFor() {
      return null
    },
    get isClientGone() {
      return isClientGone
    },
    follow: () => {},
    guessPromptTokens: () => 0,
    noteSent: () => {},
    onceClientGone: (listener) => void listeners.push(listener),
    stop(reason) {
      stopped ??= reason
      body.destroy(new Error('stopped'))
    },
    hangUp: () => {},
    finish: () => {},
  }
  response.once('close', () => {
    isClientGone = true
    for (const listener of listeners) listener()
  })
  const stream = openClientStream(response, {
    ...{ ping: '', pingIntervalMs: 60_000, stallMsMax: 60_000, headers: {} },
  })
  const meter =
    options.meter ??
    createMeter(parseRequest({ model: 'm', messages: [{ role: 'user', content: 'Hi' }], stream: true }))
  const relayed = relayEvents({
    ...{ clock: fixedClock(), body, client: stream, control, meter, translator: null, editor: null },
    canStopAtOnce: () => options.canStopAtOnce ?? false,
  })
  return { body, client, relayed, response, meter, received: () => received, stopped: () => stopped }
}

const chunk = (data: object) => `data: ${JSON.stringify(data)}\n\n`
const said = (content: string) => chunk({ choices: [{ delta: { content }, finish_reason: null }] })
const finish = chunk({ choices: [{ delta: {}, finish_reason: 'stop' }] })
const usage = chunk({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 2 } })
const done = 'data: [DONE]\n\n'
const turn = () => new Promise((wait) => setTimeout(wait, 50))

describe('relayEvents', () => {
  it('holds the finish back until the usage has come, and the end until it is asked for', async () => {
    const { body, relayed, received } = await relay()
    body.write(said('Hi') + finish)
    await turn()
    expect(received()).toContain('"Hi"')
    expect(received()).not.toContain('finish_reason":"stop"')
    body.write(usage)
    await turn()
    expect(received()).toContain('finish_reason":"stop"')
    body.write(done)
    expect(await relayed).toMatchObject({ how: 'end', heldBack: [Buffer.from(done)] })
    expect(received()).not.toContain('[DONE]')
  })

  it('holds the finish back to the end where no usage comes', async () => {
    const { body, relayed, received } = await relay()
    body.write(said('Hi') + finish + done)
    expect(await relayed).toMatchObject({ how: 'end', heldBack: [Buffer.from(finish), Buffer.from(done)] })
    expect(received()).not.toContain('stop')
  })

  it('reads on when its client has left', async () => {
    const { body, client, relayed, response, meter } = await relay()
    body.write(said('Hi'))
    client.destroy()
    await once(response, 'close')
    body.write(said(' there') + finish + usage + done)
    expect(await relayed).toMatchObject({ how: 'end' })
    expect([meter.outputText(), meter.reported.outputTokens]).toEqual(['Hi there', 2])
  })

  it('stops the provider at once where that is allowed, but not before it has begun', async () => {
    const { body, client, relayed, response, meter, stopped } = await relay({ canStopAtOnce: true })
    client.destroy()
    await once(response, 'close')
    expect(stopped()).toBeNull()
    body.write(said('Hi') + said(' there'))
    expect(await relayed).toMatchObject({ how: 'cut' })
    expect([stopped(), meter.outputText()]).toEqual(['client_gone', 'Hi there'])
  })

  it('reads on for a client that was slow: what it left unread has been generated', async () => {
    const { body, client, relayed, response, meter, stopped } = await relay({ canStopAtOnce: true })
    client.pause()
    const text = 'x'.repeat(64 * 1024)
    const writing = (async () => {
      for (let times = 0; times < 300; times += 1) if (!body.write(said(text))) await once(body, 'drain')
    })()
    await turn()
    await turn()
    expect(response.writableNeedDrain).toBe(true)
    client.destroy()
    await writing
    body.write(finish + usage + done)
    expect(await relayed).toMatchObject({ how: 'end' })
    expect([stopped(), meter.outputBytes]).toEqual([null, 300 * text.length])
  })

  it.each<[string, string, string]>([
    ['an error event', chunk({ error: { message: 'x' } }), 'fail'],
    ['an event that is no JSON', 'data: {"choices":[\n\n', 'unreadable'],
  ])('%s ends it', async (_label, event, how) => {
    const { body, relayed } = await relay()
    body.write(said('Hi') + event + said('more'))
    expect(await relayed).toMatchObject({ how })
  })

  it('tells a connection that broke from a fault of ours', async () => {
    const broken = await relay()
    broken.body.destroy(new Error('reset'))
    expect(await broken.relayed).toMatchObject({ how: 'cut', failure: null })
    const fault = new TypeError('ours')
    const meter = { ...createMeter(parseRequest({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] })) }
    const ours = await relay({
      meter: {
        ...meter,
        observe() {
          throw fault
        },
      },
    })
    ours.body.write(said('Hi'))
    expect(await ours.relayed).toMatchObject({ how: 'broken', failure: fault })
  })
})
