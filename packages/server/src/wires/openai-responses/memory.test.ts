import { describe, expect, it } from 'vitest'
import type { FoundMemory, Item } from '../wire.ts'
import { packSignature, packThinking } from './keep-thinking.ts'
import { responsesMemory } from './memory.ts'
import { readPrompt } from './read-prompt.ts'

const user = (content: string): Item => ({ type: 'message', role: 'user', content })
const said = (id: string): Item => ({
  type: 'message',
  id,
  role: 'assistant',
  content: [{ type: 'output_text', text: id }],
})
const thought = (id: string, content: string): Item => ({
  type: 'reasoning',
  id,
  summary: [],
  encrypted_content: content,
})
const reference = (id: string): Item => ({ type: 'item_reference', id })
const claudeThought = packThinking({ kind: 'thinking', text: 't', signature: 's' }) ?? ''

function expand(input: unknown, found: Partial<FoundMemory> = {}, provider: 'openai' | 'anthropic' = 'openai') {
  const whole = { history: [], items: new Map(), ...found }
  return responsesMemory.expand({ model: 'm', input, previous_response_id: 'resp_1' }, whole, provider).input
}

const items = (provider: string, ...list: readonly Item[]): FoundMemory['items'] =>
  new Map(list.map((item) => [String(item.id), { item, provider }]))

describe('responsesMemory.read', () => {
  it.each([
    [{}, { isKept: true, previousResponseId: null }],
    [{ store: null }, { isKept: true }],
    [
      { store: false, previous_response_id: 'resp_1' },
      { isKept: false, previousResponseId: 'resp_1' },
    ],
    [{ include: ['reasoning.encrypted_content'] }, { wantsEncryptedReasoning: true }],
  ])('%j', (body, expected) => expect(responsesMemory.read(body)).toMatchObject(expected))
})

describe('responsesMemory.expand', () => {
  it('puts the history before, text as a message, and items in the place of their references', () => {
    const history = [
      { item: user('one'), provider: null },
      { item: said('msg_1'), provider: 'openai' },
    ]
    expect(expand('two', { history })).toMatchObject([user('one'), said('msg_1'), { role: 'user' }])
    const found = items('openai', said('msg_2'), said('msg_3'))
    expect(expand([user('a'), reference('msg_3'), user('b'), reference('msg_2')], { items: found })).toEqual([
      ...[user('a'), said('msg_3'), user('b'), said('msg_2')],
    ])
    expect(
      responsesMemory.expand({ input: 'x', previous_response_id: 'r' }, { history: [], items: new Map() }, 'xai'),
    ).not.toHaveProperty('previous_response_id')
  })

  it('says a thing once, however often it is named, and where it stood', () => {
    const history = [
      { item: said('msg_1'), provider: 'openai' },
      { item: { type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'f', arguments: '{}' }, provider: 'openai' },
    ]
    const again = { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' }
    const result = { type: 'function_call_output', call_id: 'c1', output: 'x' }
    const own = [reference('msg_1'), again, result, reference('msg_2'), reference('msg_2'), user('x'), user('x')]
    const found = items('openai', said('msg_1'), said('msg_2'))
    expect(expand(own, { history, items: found })).toEqual([
      ...history.map(({ item }) => item),
      ...[result, said('msg_2'), user('x'), user('x')],
    ])
  })

  it('resolves what the history only names, and takes a reference without its type for one', () => {
    const history = [{ item: reference('msg_1'), provider: null }]
    const found = items('openai', said('msg_1'), said('msg_2'))
    expect(expand([{ id: 'msg_2' }, user('x')], { history, items: found })).toEqual([
      said('msg_1'),
      said('msg_2'),
      user('x'),
    ])
  })

  it('refuses by name what is not there', () => {
    expect(() => expand([reference('msg_9')])).toThrow(/^input: Item with id 'msg_9' not found or expired/)
  })

  it('gives reasoning its content back; what is nowhere stays as it came', () => {
    const found = items('openai', thought('rs_1', 'secret'))
    const bare = (id: string): Item => ({ type: 'reasoning', id, summary: [] })
    expect(expand([bare('rs_1'), bare('rs_2')], { items: found })).toEqual([thought('rs_1', 'secret'), bare('rs_2')])
  })

  it('leaves out what only its own provider can read', () => {
    const search: Item = { type: 'web_search_call', id: 'ws_1' }
    const found = items('openai', thought('rs_1', 'secret'), search, said('msg_1'))
    const own = ['rs_1', 'ws_1', 'msg_1'].map(reference)
    expect(expand(own, { items: found })).toHaveLength(3)
    expect(expand(own, { items: found }, 'anthropic')).toEqual([said('msg_1')])
    // A thought that we packed ourselves is sorted out where the body is written.
    expect(expand([reference('rs_1')], { items: items('anthropic', thought('rs_1', claudeThought)) })).toHaveLength(1)
  })

  it('has references in the order of their items, each once', () => {
    const list = [reference('b'), user('x'), reference('a'), reference('b'), { type: 'reasoning', id: 'r' }]
    expect(responsesMemory.referencesIn(list)).toEqual({ required: ['b', 'a'], optional: ['r'] })
  })
})

describe('a signed call', () => {
  it('has its signature again when it comes back, and its thought is none of Claude’s', () => {
    const signed = thought('rs_1', packSignature({ id: 'c1', signature: 'g' }) ?? '')
    const calls = ['c1', 'c2'].map((id) => ({ type: 'function_call', call_id: id, name: 'f', arguments: '{}' }))
    const { turns } = readPrompt({ model: 'm', input: [user('x'), signed, ...calls] })
    expect(turns[1]?.parts).toEqual([
      { kind: 'tool_call', id: 'c1', name: 'f', arguments: '{}', cache: null, signature: 'g' },
      { kind: 'tool_call', id: 'c2', name: 'f', arguments: '{}', cache: null },
    ])
    expect(packSignature({ id: 'c1' })).toBeNull()
  })
})
