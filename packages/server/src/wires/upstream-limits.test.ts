import { describe, expect, it } from 'vitest'
import { type Catalogue, createCatalogue } from '../pricing/catalogue.ts'
import { noOperatorModels, parseOperatorModels } from '../pricing/operator-models.ts'
import { anthropicMessages } from './anthropic-messages/index.ts'
import { openaiChat } from './openai-chat/index.ts'
import { openaiResponses } from './openai-responses/index.ts'
import type { AnswerKeeping, Wire } from './wire.ts'

const catalogue = createCatalogue(noOperatorModels, Date.parse('2026-11-20'))

/** What goes out for a body, and the limit that is held. */
function outgoing(
  wire: Wire,
  body: Record<string, unknown>,
  {
    maxTokens = null,
    models = catalogue,
    keeping = null,
  }: { readonly maxTokens?: number | null; readonly models?: Catalogue; readonly keeping?: AnswerKeeping | null } = {},
) {
  const request = wire.parseRequest(body)
  const model = models.find(request.model)
  if (model === null) throw new Error(`no ${request.model}`)
  const prepared = wire.prepare(request, {
    ...{ model, requestId: 'req_1', nowMs: 0, endUser: 'ocu_1', modelNames: new Map() },
    keeping,
  })
  const sent: Record<string, unknown> = JSON.parse(JSON.stringify(prepared.buildUpstreamBody(maxTokens, new Map())))
  return { sent, held: request.maxTokens }
}

const chat = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] }
const messages = { model: 'claude-haiku-4-5', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] }
const responses = { model: 'gpt-5', input: 'Hi' }
const limits = (sent: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(sent).filter(([name]) => /^max_/.test(name)))

describe('the limit of a Chat Completions body', () => {
  it.each([
    ['the larger of two, once', { max_tokens: 10, max_completion_tokens: 5000 }, null, { max_completion_tokens: 5000 }],
    ['whichever it is', { max_tokens: 5000, max_completion_tokens: 10 }, null, { max_completion_tokens: 5000 }],
    ['both, clamped', { max_tokens: 5000, max_completion_tokens: 10 }, 1024, { max_completion_tokens: 1024 }],
    ['as it is spelled', { max_tokens: 10 }, null, { max_tokens: 10 }],
    ['as it is spelled, clamped', { max_tokens: 5000 }, 1024, { max_tokens: 1024 }],
    ['the current one', { max_completion_tokens: 10 }, null, { max_completion_tokens: 10 }],
    [
      'none, and one is none',
      { max_tokens: 10, max_completion_tokens: null },
      null,
      { max_tokens: 10, max_completion_tokens: null },
    ],
    ['none', {}, null, {}],
    ['none, clamped', {}, 1024, { max_completion_tokens: 1024 }],
  ])('is %s', (_label, asked, maxTokens, expected) => {
    const { sent, held } = outgoing(openaiChat, { ...chat, ...asked }, { maxTokens })
    expect(limits(sent)).toEqual(expected)
    expect(held).toBe(Math.max(0, ...Object.values(asked).filter((limit) => limit !== null)) || null)
  })
})

describe('the limit of any body', () => {
  const grok = { ...chat, model: 'grok-4' }
  it.each([
    [
      'is the model’s own where more is asked for, in Chat Completions',
      openaiChat,
      { ...chat, max_tokens: 99_999 },
      { max_tokens: 16_384 },
    ],
    ['… in Responses', openaiResponses, { ...responses, max_output_tokens: 999_999 }, { max_output_tokens: 128_000 }],
    ['… in Messages', anthropicMessages, { ...messages, max_tokens: 999_999 }, { max_tokens: 64_000 }],
    [
      '… for another family’s model',
      openaiChat,
      { ...chat, model: 'claude-haiku-4-5', max_tokens: 999_999 },
      { max_tokens: 64_000 },
    ],
    ['goes out unasked where the provider has none of its own', openaiChat, grok, { max_completion_tokens: 128_000 }],
    ['… in Responses', openaiResponses, { ...responses, model: 'grok-4' }, { max_output_tokens: 128_000 }],
    ['stays out where the provider has', openaiResponses, responses, {}],
  ] as const)('%s', (_label, wire, body, expected) => expect(limits(outgoing(wire, body).sent)).toEqual(expected))

  it('goes out unasked for a model whose limit is the operator’s', () => {
    const own = parseOperatorModels(JSON.stringify({ models: { 'openai/gpt-4o': { max_tokens: 2000 } } }))
    expect(limits(outgoing(openaiChat, chat, { models: createCatalogue(own, Date.parse('2026-11-20')) }).sent)).toEqual(
      {
        max_completion_tokens: 2000,
      },
    )
  })
})

describe('the number of searches', () => {
  const search = { type: 'web_search_20250305', name: 'web_search' }
  it('is five where a Messages body names none, in every tool that Anthropic runs on the web', () => {
    const own = { name: 'mine', input_schema: {} }
    const tools = [own, search, { type: 'web_fetch_20250910', name: 'web_fetch' }, { ...search, max_uses: 2 }]
    expect(outgoing(anthropicMessages, { ...messages, tools }).sent.tools).toEqual([
      own,
      { ...search, max_uses: 5 },
      { type: 'web_fetch_20250910', name: 'web_fetch', max_uses: 5 },
      { ...search, max_uses: 2 },
    ])
  })

  it.each([
    [{}, 5],
    [{ max_tool_calls: 2 }, 2],
  ])('is %o of a Responses body: %i', (asked, expected) => {
    const body = { ...responses, ...asked, tools: [{ type: 'web_search' }] }
    expect(outgoing(openaiResponses, body).sent).toMatchObject({ max_tool_calls: expected })
    const translated = outgoing(openaiResponses, { ...body, model: 'claude-haiku-4-5' })
    expect(translated.sent.tools).toEqual([{ ...search, max_uses: expected }])
  })

  it('is not said where nothing is searched', () => {
    expect(
      outgoing(openaiResponses, { ...responses, tools: [{ type: 'function', name: 'a' }] }).sent,
    ).not.toHaveProperty('max_tool_calls')
  })

  it.each([
    [
      'a tool whose price depends on the model',
      openaiResponses,
      { ...responses, model: 'gpt-4o', tools: [{ type: 'web_search_preview' }] },
      /^tools: openai\/gpt-4o searches the web with web_search,/,
    ],
    ['searches of Chat Completions', openaiChat, { ...chat, web_search_options: {} }, /^web_search_options: /],
  ] as const)('is bounded: %s is refused', (_label, wire, body, message) =>
    expect(() => outgoing(wire, body)).toThrow(message),
  )

  it('of a model that reasons costs the same by the older tool', () =>
    expect(outgoing(openaiResponses, { ...responses, tools: [{ type: 'web_search_preview' }] }).sent).toMatchObject({
      max_tool_calls: 5,
    }))
})

describe('the reasoning of an answer that is kept', () => {
  const keeping = { previousResponseId: null, wantsEncryptedReasoning: false, note: () => {} }
  const encrypted = 'reasoning.encrypted_content'
  it.each([
    ['is asked for beside what the client wants', { include: ['x'] }, { include: ['x', encrypted] }],
    ['is asked for once', { include: [encrypted] }, { include: [encrypted] }],
    ['is not asked of a model that has none', { model: 'gpt-4o' }, {}],
    ['nor passed on to it, though the client asks', { model: 'gpt-4o', include: ['x', encrypted] }, { include: ['x'] }],
  ])('%s', (_label, body, expected) => {
    const { sent } = outgoing(openaiResponses, { ...responses, ...body }, { keeping })
    expect(Object.fromEntries(Object.entries(sent).filter(([name]) => name === 'include'))).toEqual(expected)
    expect(sent.store).toBe(false)
  })

  it('is not asked for where nothing is kept', () => {
    expect(outgoing(openaiResponses, { ...responses, store: false }).sent).not.toHaveProperty('include')
  })
})
