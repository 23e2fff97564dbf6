import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Counter } from '../counting/counter.ts'
import { createCounter } from '../counting/create-counter.ts'
import { systemClock } from '../kernel/clock.ts'
import { createCatalogue } from '../pricing/catalogue.ts'
import { noOperatorModels } from '../pricing/operator-models.ts'
import { createSaidCounter, type SaidCounter } from './count-said.ts'
import { createUpstreams, type Upstreams } from './forward.ts'

const catalogue = createCatalogue(noOperatorModels, Date.parse('2026-11-21'))
const modelOf = (id: string) => {
  const model = catalogue.find(id)
  if (model === null) throw new Error(`no ${id}`)
  return model
}
const text = 'It is counted by whoever said it, and by nobody else.'
const wordsOf = (said: string) => said.split(' ').length

let server: Server
let upstreams: Upstreams
let counter: Counter
let said: SaidCounter
/** Texts that Anthropic was asked to count, each of whose words is two tokens here; 7 frame a message. */
let asked: string[]
let status: number

beforeEach(async () => {
  asked = []
  status = 200
  server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += String(part)
    const content = String(JSON.parse(body).messages[0].content)
    asked.push(content)
    const count = content === 'a' ? 8 : 7 + 2 * wordsOf(content)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ input_tokens: count }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const none = { baseUrl: 'http://127.0.0.1:1', apiKeys: [] }
  const anthropic = { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, apiKeys: ['k'] }
  upstreams = createUpstreams({
    providers: { anthropic, openai: none, google: none, xai: none },
    timeouts: { connectMs: 1000, firstByteMs: 1000, idleMs: 1000 },
    clock: systemClock,
  })
  counter = createCounter()
  said = createSaidCounter({ counter, upstreams })
})
afterEach(async () => {
  await upstreams.close()
  await counter.close()
  server.close()
})

describe('count', () => {
  it('Anthropic counts what its models have said, without the frame of a message, which is asked for once', async () => {
    const model = modelOf('claude-sonnet-4-6')
    expect(await said.count(model, text)).toBe(2 * wordsOf(text))
    expect(await said.count(model, 'two words')).toBe(4)
    expect(asked.toSorted()).toEqual(['a', text, 'two words'].toSorted())
  })

  it('where it does not answer, the tokenizer here does', async () => {
    status = 529
    const counted = await counter.countText(text)
    expect(await said.count(modelOf('claude-sonnet-4-6'), text)).toBe(counted)
  })

  it('others are counted here, and nothing is nothing', async () => {
    expect(await said.count(modelOf('gpt-4o'), text)).toBe(await counter.countText(text))
    expect(await said.count(modelOf('claude-sonnet-4-6'), '')).toBe(0)
    expect(asked).toEqual([])
  })
})

describe('bound', () => {
  it('is the count for the models whose tokenizer it is, twice the count for others, and asks nobody', async () => {
    const counted = (await counter.countText(text)) ?? 0
    expect(await said.bound(modelOf('gpt-4o'), text)).toBe(counted)
    expect(await said.bound(modelOf('claude-sonnet-4-6'), text)).toBe(2 * counted)
    expect(asked).toEqual([])
  })

  it('is the bytes where they are fewer, or where nothing can be counted', async () => {
    expect(await said.bound(modelOf('claude-sonnet-4-6'), 'é')).toBe(2)
    await counter.close()
    expect(await said.bound(modelOf('gpt-4o'), text)).toBe(Buffer.byteLength(text))
  })
})
