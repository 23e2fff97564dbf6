import { describe, expect, it } from 'vitest'
import { createCatalogue } from '../../pricing/catalogue.ts'
import { parseOperatorModels } from '../../pricing/operator-models.ts'
import type { UpstreamBody, UpstreamFormatName } from '../wire.ts'
import { boundByCount, boundByWindow, boundInput } from './bound-input.ts'
import { dataUrl, gpt, haiku, image, model, opus, promptOf, saysBlocks } from './test-bodies.ts'

const search = { type: 'web_search_20250305', name: 'web_search', max_uses: 3 }

describe('boundInput', () => {
  it('takes media for text wherever the provider does', () => {
    const data = 'word'.repeat(50_000)
    const hidden: readonly (readonly [UpstreamFormatName, UpstreamBody])[] = [
      ['messages', saysBlocks({ type: 'tool_use', input: image(data) })],
      ['messages', { tools: [{ name: 'a', input_schema: { const: image(data) } }] }],
      ['messages', { metadata: image(data), messages: [] }],
      ['messages', saysBlocks({ type: 'document', source: { type: 'text', data } })],
      [
        'chat',
        {
          messages: [
            { role: 'assistant', tool_calls: [{ type: 'image_url', image_url: { url: dataUrl('image/png', data) } }] },
          ],
        },
      ],
      ['responses', { input: [{ type: 'function_call', arguments: JSON.stringify(image(data)) }] }],
    ]
    for (const [format, body] of hidden)
      expect(boundInput(promptOf(opus, body, { format })).tokens).toBeGreaterThan(data.length)
  })

  it('is never more than the context window, but for texts of which each may be as long', () => {
    const long = 'x'.repeat(3_000_000)
    expect(boundInput(promptOf(haiku, saysBlocks({ type: 'text', text: long }))).tokens).toBe(200_000)
    const embedding = model('text-embedding-3-small')
    expect(boundInput(promptOf(embedding, { input: [long, long] })).tokens).toBeGreaterThan(6_000_000)
  })

  it.each([
    ['none', { messages: [] }],
    ['5m', { cache_control: { type: 'ephemeral' }, messages: [] }],
    ['5m', saysBlocks({ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } })],
    ['5m', { system: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral', ttl: '5m' } }] }],
    [
      '1h',
      {
        system: [{ cache_control: { ttl: '1h' } }, { cache_control: { ttl: '5m' } }].map((mark) => ({
          type: 'text',
          text: 'a',
          ...mark,
        })),
      },
    ],
    ['1h', { tools: [{ name: 'a', cache_control: { ttl: '1h' } }] }],
    ['1h', saysBlocks({ type: 'tool_result', content: [{ type: 'text', text: 'a', cache_control: { ttl: '1h' } }] })],
    ['none', saysBlocks({ type: 'tool_use', input: { cache_control: { ttl: '1h' } } })],
    // Between its searches Anthropic writes to the cache without being asked.
    ['5m', { tools: [search], messages: [] }],
    ['1h', saysBlocks({ type: 'tool_addition', nested: [{ cache_control: { ttl: '1h' } }] })],
    ['1h', saysBlocks({ type: 'compaction', nested: [{ cache_control: { ttl: '1h' } }] })],
    ['1h', saysBlocks({ type: 'web_fetch_tool_result', nested: [{ cache_control: { ttl: '1h' } }] })],
  ])('holds the prompt as written to the cache: %s', (cacheWrite, body) =>
    expect(boundInput(promptOf(opus, body)).cacheWrite).toBe(cacheWrite),
  )

  it('holds a prompt as written to the cache where its model writes unasked, at a price', () => {
    const price = { input: '5', output: '30', cache_write_5m: '6.25' }
    const own = parseOperatorModels(JSON.stringify({ models: { 'openai/gpt-5.6': { max_tokens: 9, price } } }))
    const writer = createCatalogue(own, 0).find('gpt-5.6')
    expect(writer && boundInput(promptOf(writer, { input: 'a' })).cacheWrite).toBe('5m')
    expect(boundInput(promptOf(gpt, { input: 'a' })).cacheWrite).toBe('none')
  })

  it('counts searches, and that the prompt is read again after each', () => {
    const asked = { tools: [search], messages: [{ role: 'user', content: 'x'.repeat(1000) }] }
    const bound = boundInput(promptOf(opus, asked))
    expect(bound).toMatchObject({ webSearchesMax: 3, sharedWindowTokens: null })
    // Nine more readings at most, and a window of results.
    expect(bound.rereadTokens).toBe(9 * bound.tokens + 1_000_000)
    const many = boundInput(promptOf(haiku, { ...asked, tools: [{ ...search, max_uses: 20 }] }))
    expect(many.rereadTokens).toBe(
      20 * many.tokens + (25_000 * 20 * 21) / 2 > 21 * 200_000 ? 21 * 200_000 - many.tokens : -1,
    )
    const responses = boundInput(promptOf(gpt, { tools: [{ type: 'web_search' }], max_tool_calls: 5, input: 'Hi' }))
    expect(responses).toMatchObject({
      webSearchesMax: 5,
      rereadTokens: 5 * responses.tokens + Math.max(128_000, (25_000 * 5 * 6) / 2),
    })
    expect(boundInput(promptOf(opus, { messages: [] }))).toMatchObject({ webSearchesMax: 0, rereadTokens: 0 })
  })

  it('cannot be counted where something is fetched later', () => {
    const url = { type: 'url', url: 'https://a.example/b' }
    expect(boundInput(promptOf(opus, saysBlocks({ type: 'document', source: url }))).canBeCounted).toBe(false)
    // Anthropic counts what lies there now, and the largest is added for what may lie there then.
    expect(boundInput(promptOf(opus, saysBlocks({ type: 'image', source: url }))).canBeCounted).toBe(true)
    const chatImage = saysBlocks({ type: 'image_url', image_url: { url: 'https://a.example/b.png' } })
    expect(boundInput(promptOf(gpt, chatImage, { format: 'chat' })).canBeCounted).toBe(false)
    expect(boundByWindow(promptOf(opus, { messages: [] }))).toMatchObject({ tokens: 1_000_000, canBeCounted: false })
  })
})

describe('boundByCount', () => {
  it('is the count and 2 %, at most the context window', () => {
    expect(boundByCount(promptOf(opus, { messages: [] }), 1000).tokens).toBe(1020)
    expect(boundByCount(promptOf(haiku, { messages: [] }), 199_999).tokens).toBe(200_000)
  })
})
