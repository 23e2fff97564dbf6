import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../index.ts'
import { createCaller, drain, type Family, familiesOf, lastCall } from './test-caller.ts'

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox()
})

beforeEach(() => sandbox.providers.control.clear())
afterAll(() => sandbox.close())

const words = 'Hi [[sandbox: text=Yes worst speed=1000000]]'

/** A PNG of so many pixels, as far as its header goes. */
function png(width: number, height: number): string {
  const bytes = Buffer.alloc(64)
  Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').copy(bytes)
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  return bytes.toString('base64')
}

function pdf(pages: number): string {
  return Buffer.from(`%PDF-1.4\n${'<< /Type /Page >>\n'.repeat(pages)}`).toString('base64')
}

type Source = { readonly data: string } | { readonly url: string }

function imagePart(family: Family['name'], source: Source): object {
  const address = 'url' in source ? source.url : `data:image/png;base64,${source.data}`
  if (family === 'responses') return { type: 'input_image', image_url: address }
  if (family !== 'anthropic') return { type: 'image_url', image_url: { url: address } }
  return {
    type: 'image',
    source: 'url' in source ? { type: 'url', ...source } : { type: 'base64', media_type: 'image/png', ...source },
  }
}

function pdfPart(family: Family['name'], source: Source): object {
  const data = 'url' in source ? source.url : `data:application/pdf;base64,${source.data}`
  if (family === 'responses')
    return { type: 'input_file', ...('url' in source ? { file_url: data } : { filename: 'a.pdf', file_data: data }) }
  if (family !== 'anthropic') return { type: 'file', file: { filename: 'a.pdf', file_data: data } }
  return {
    type: 'document',
    source: 'url' in source ? { type: 'url', ...source } : { type: 'base64', media_type: 'application/pdf', ...source },
  }
}

interface WorstCase {
  readonly model: string
  readonly parts?: readonly object[]
  readonly fields?: object
  readonly isStream?: boolean
  readonly limit?: number
  readonly betas?: string
}

/** Asks for the worst, and returns what the provider bills. */
async function bill(name: Family['name'], asking: WorstCase) {
  const { model, parts = [], fields = {}, isStream = false, limit = 1000, betas } = asking
  const family = { ...familiesOf(sandbox)[name], model }
  const text = { type: name === 'responses' ? 'input_text' : 'text', text: words }
  const turn = { role: 'user', content: [...parts, text] }
  const limitName =
    name === 'responses' ? 'max_output_tokens' : name === 'anthropic' ? 'max_tokens' : 'max_completion_tokens'
  const asked = { [name === 'responses' ? 'input' : 'messages']: [turn], [limitName]: limit, ...fields }
  const headers = betas === undefined ? {} : { 'anthropic-beta': betas }
  const response = await createCaller(sandbox)(family, '', { isStream, fields: asked, headers })
  const { text: answer } = await drain(response)
  expect([response.status, response.status === 200 ? '' : answer]).toEqual([200, ''])
  return lastCall(sandbox)
}

describe('the worst answer', () => {
  it.each<[string, Family['name'], WorstCase, object]>([
    ['thinks to the limit when it was asked to', 'anthropic', thinking('claude-sonnet-5'), { thinkingTokens: 999 }],
    ['thinks to the limit when it always thinks', 'anthropic', { model: 'claude-opus-5-5' }, { thinkingTokens: 999 }],
    ['talks to the limit when it does not think', 'anthropic', { model: 'claude-sonnet-5' }, { thinkingTokens: 0 }],
    ['thinks', 'openai', { model: 'gpt-5' }, { thinkingTokens: 999 }],
    ['does not when it is told not to', 'openai', effort('gpt-5.4', 'none'), { thinkingTokens: 0 }],
    ['cannot', 'openai', { model: 'gpt-4o' }, { thinkingTokens: 0 }],
    ['thinks', 'responses', { model: 'gpt-5' }, { thinkingTokens: 999 }],
    ['thinks', 'google', { model: 'gemini-2.5-pro' }, { thinkingTokens: 999 }],
    ['thinks', 'xai', { model: 'grok-4' }, { thinkingTokens: 999 }],
  ])('%s: %s', async (_name, family, asked, expected) => {
    for (const isStream of [false, true])
      expect(await bill(family, { ...asked, isStream })).toMatchObject({
        outputTokens: 1000,
        isFinished: true,
        ...expected,
      })
  })

  it('without a limit is the model’s most, for each choice', async () => {
    const fields = { max_completion_tokens: undefined, n: 2 }
    expect((await bill('openai', { model: 'gpt-5', fields })).outputTokens).toBe(2 * 128_000)
    const single = { max_completion_tokens: undefined }
    expect((await bill('openai', { model: 'gpt-4o', fields: single, isStream: true })).outputTokens).toBe(16_384)
  })
})

function thinking(model: string): WorstCase {
  return { model, limit: 1000, fields: { thinking: { type: 'adaptive' } } }
}

function effort(model: string, reasoning: string): WorstCase {
  return { model, fields: { reasoning_effort: reasoning } }
}

describe('the worst prompt', () => {
  const far = { url: 'https://example.com/a' }
  const wide = { data: png(4000, 3000) }

  it.each<[string, Family['name'], string, object, number, number]>([
    ['a picture', 'anthropic', 'claude-sonnet-4-5', imagePart('anthropic', wide), 1600, 1700],
    ['a picture of high resolution', 'anthropic', 'claude-opus-5', imagePart('anthropic', wide), 4784, 4900],
    ['a picture', 'openai', 'gpt-4o', imagePart('openai', wide), 765, 850],
    ['a picture, 33 times', 'openai', 'gpt-4o-mini', imagePart('openai', wide), 25_501, 25_600],
    ['a picture', 'responses', 'gpt-5', imagePart('responses', wide), 630, 700],
    ['a picture', 'google', 'gemini-3.5-flash', imagePart('google', wide), 1120, 1200],
    ['a picture', 'xai', 'grok-4', imagePart('xai', wide), 1792, 1900],
    ['ten pages', 'anthropic', 'claude-sonnet-4-5', pdfPart('anthropic', { data: pdf(10) }), 46_000, 46_100],
    ['ten pages', 'anthropic', 'claude-opus-5', pdfPart('anthropic', { data: pdf(10) }), 77_840, 77_900],
    ['ten pages', 'openai', 'gpt-4o', pdfPart('openai', { data: pdf(10) }), 44_450, 44_500],
    ['ten pages', 'google', 'gemini-2.5-pro', pdfPart('google', { data: pdf(10) }), 2580, 2650],
    ['a picture by address', 'anthropic', 'claude-sonnet-4-5', imagePart('anthropic', far), 199_000, 199_000],
    ['a document by address', 'anthropic', 'claude-sonnet-5', pdfPart('anthropic', far), 999_000, 999_000],
    ['a picture by address', 'openai', 'gpt-4o', imagePart('openai', far), 127_000, 127_000],
    ['a document by address', 'responses', 'gpt-4.1', pdfPart('responses', far), 1_046_576, 1_046_576],
    ['pages that nobody can count', 'openai', 'gpt-4o', pdfPart('openai', { data: 'AAAA' }), 127_000, 127_000],
  ])('%s: %s, %s', async (_name, family, model, part, least, most) => {
    const { inputTokens } = await bill(family, { model, parts: [part] })
    expect(inputTokens).toBeGreaterThanOrEqual(least)
    expect(inputTokens).toBeLessThanOrEqual(most)
  })

  it('fills the window with what searches find, as often as they may', async () => {
    const tool = { type: 'web_search_20250305', name: 'web_search' }
    const fields = { tools: [{ ...tool, max_uses: 4 }] }
    expect(await bill('anthropic', { model: 'claude-sonnet-4-5', fields })).toMatchObject({
      searches: 4,
      inputTokens: 199_000,
    })
    const unlimited = await bill('anthropic', { model: 'claude-sonnet-4-5', fields: { tools: [tool] } })
    expect(unlimited.searches).toBe(10)
    const responses = { model: 'gpt-5', fields: { tools: [{ type: 'web_search' }] } }
    expect((await bill('responses', responses)).inputTokens).toBe(399_000)
  })

  it('writes to the cache all that is marked, for as long as it is', async () => {
    const marked = { ...pdfPart('anthropic', { data: pdf(10) }), cache_control: { type: 'ephemeral', ttl: '1h' } }
    const call = await bill('anthropic', { model: 'claude-sonnet-4-5', parts: [marked] })
    expect(call).toMatchObject({ cacheReadTokens: 0, cacheWrite5mTokens: 0 })
    expect(call.cacheWrite1hTokens).toBeGreaterThan(46_000)
    expect(call.inputTokens).toBeLessThan(100)
    const again = await bill('anthropic', { model: 'claude-sonnet-4-5', parts: [marked] })
    expect(again.cacheWrite1hTokens).toBe(call.cacheWrite1hTokens)
  })

  it('has every fallback decline, and every advice asked', async () => {
    const model = 'claude-opus-5'
    const call = await bill('anthropic', {
      model,
      limit: 2000,
      betas: 'server-side-fallback-2026-07-01,advisor-tool-2026-03-01',
      fields: {
        fallbacks: [{ model: 'claude-sonnet-5' }, { model: 'claude-haiku-4-5' }],
        tools: [{ type: 'advisor_20260301', name: 'advisor', model: 'claude-opus-5-5', max_uses: 2, max_tokens: 1024 }],
      },
    })
    expect(call.servedBy).toBe('claude-haiku-4-5')
    expect(call.otherIterations).toMatchObject([
      { type: 'message', model, outputTokens: 2000 },
      { type: 'message', model: 'claude-sonnet-5', outputTokens: 2000 },
      { type: 'advisor_message', model: 'claude-opus-5-5', outputTokens: 1024 },
      { type: 'advisor_message', model: 'claude-opus-5-5', outputTokens: 1024 },
    ])
  })

  it('of odd letters is a token a byte', async () => {
    const text = '\u{e123}'.repeat(1000)
    const { inputTokens } = await bill('openai', { model: 'gpt-4o', parts: [{ type: 'text', text }] })
    expect(inputTokens).toBeGreaterThan(3000)
    expect(inputTokens).toBeLessThan(3100)
  })
})
