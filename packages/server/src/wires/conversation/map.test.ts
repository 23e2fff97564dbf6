import { describe, expect, it } from 'vitest'
import { abilitiesOf, nearestEffort } from '../../pricing/model-abilities.ts'
import { readPrompt as readMessages } from '../anthropic-messages/read-prompt.ts'
import { readStopReason, writeStopReason } from '../anthropic-messages/stop-reason.ts'
import { writePrompt as writeMessages } from '../anthropic-messages/write-prompt.ts'
import { readFinishReason, writeFinishReason } from '../openai-chat/finish-reason.ts'
import { readPrompt as readChat } from '../openai-chat/read-prompt.ts'
import { writePrompt as writeChat } from '../openai-chat/write-prompt.ts'
import { packThinking, unpackThinking } from '../openai-responses/keep-thinking.ts'
import { readPrompt as readResponses } from '../openai-responses/read-prompt.ts'
import type { StopReason } from './answer.ts'
import type { Turn } from './prompt.ts'

const claude = (id: string) => ({ upstreamId: id, abilities: abilitiesOf('anthropic', id) })
const gpt = (id: string) => ({ upstreamId: id, provider: 'openai' as const, abilities: abilitiesOf('openai', id) })
const user = { role: 'user', content: 'Hi' }
const chatToMessages = (body: object, model = 'claude-sonnet-4-5', maxTokens = 32_000) =>
  writeMessages(readChat({ messages: [user], ...body }), { model: claude(model), maxTokens, isStream: false })
const messagesToChat = (body: object, model = 'gpt-5', maxTokens = 1000) =>
  writeChat(readMessages({ messages: [user], ...body }), { model: gpt(model), maxTokens, isStream: false })

describe('ends', () => {
  it.each<[StopReason, string, string]>([
    ['end', 'end_turn', 'stop'],
    ['max_tokens', 'max_tokens', 'length'],
    ['stop_sequence', 'stop_sequence', 'stop'],
    ['tool_use', 'tool_use', 'tool_calls'],
    ['pause_turn', 'pause_turn', 'stop'],
    ['refusal', 'refusal', 'content_filter'],
    ['context_exceeded', 'model_context_window_exceeded', 'length'],
  ])('%s is %s and %s', (stop, anthropic, openai) => {
    expect([writeStopReason(stop), writeFinishReason(stop)]).toEqual([anthropic, openai])
    expect(readStopReason(anthropic)).toBe(stop)
    expect(writeFinishReason(readFinishReason(openai))).toBe(openai)
  })

  it('one that is not told, or not known, still ends the answer', () => {
    expect([readStopReason(null), writeStopReason(null), writeFinishReason(null)]).toEqual([null, 'end_turn', 'stop'])
    expect([readStopReason('new_reason'), readFinishReason('new_reason')]).toEqual(['end', 'end'])
  })
})

describe('reasoning', () => {
  it.each([
    ['claude-sonnet-4-5', 'low', 32_000, { type: 'enabled', budget_tokens: 2048 }],
    ['claude-sonnet-4-5', 'high', 32_000, { type: 'enabled', budget_tokens: 16_384 }],
    ['claude-sonnet-4-5', 'high', 4000, { type: 'enabled', budget_tokens: 3200 }],
    ['claude-sonnet-4-5', 'high', 1000, undefined],
    ['claude-sonnet-4-5', 'none', 32_000, undefined],
    ['claude-opus-5-5', 'high', 32_000, { type: 'adaptive', display: 'summarized' }],
    ['claude-opus-5-5', 'none', 32_000, { type: 'disabled' }],
  ])('%s takes effort %s of %d tokens as %j', (model, effort, maxTokens, thinking) =>
    expect(chatToMessages({ reasoning_effort: effort }, model, maxTokens).thinking).toEqual(thinking),
  )

  it.each([
    [{ thinking: { type: 'enabled', budget_tokens: 1024 } }, 'gpt-5', 'low'],
    [{ thinking: { type: 'enabled', budget_tokens: 8192 } }, 'gpt-5', 'medium'],
    [{ thinking: { type: 'enabled', budget_tokens: 32_000 } }, 'gpt-5', 'high'],
    [{ thinking: { type: 'adaptive' }, output_config: { effort: 'max' } }, 'gpt-5.2', 'xhigh'],
    [{ thinking: { type: 'adaptive' }, output_config: { effort: 'max' } }, 'gpt-5', 'high'],
    [{ thinking: { type: 'adaptive' } }, 'gpt-5', undefined],
    [{ thinking: { type: 'disabled' } }, 'gpt-5', 'minimal'],
    [{ thinking: { type: 'disabled' } }, 'gpt-5.1', 'none'],
    [{ thinking: { type: 'adaptive' }, output_config: { effort: 'high' } }, 'gpt-4o', undefined],
  ])('%j is for %s effort %s', (body, model, effort) =>
    expect(messagesToChat({ max_tokens: 100, ...body }, model).reasoning_effort).toBe(effort),
  )

  it('goes to the nearest effort that a model takes', () => {
    expect(nearestEffort(abilitiesOf('xai', 'grok-3-mini'), 'medium')).toBe('low')
    expect(nearestEffort(abilitiesOf('xai', 'grok-3-mini'), 'xhigh')).toBe('high')
    expect(nearestEffort(abilitiesOf('openai', 'gpt-4o'), 'high')).toBeNull()
  })

  it('is left out where a tool is forced, and where the last calls have lost their thinking', () => {
    const tools = [{ type: 'function', function: { name: 'f' } }]
    expect(chatToMessages({ reasoning_effort: 'high', tools, tool_choice: 'required' }).thinking).toBeUndefined()
    const call = { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }
    const messages = [user, { role: 'assistant', tool_calls: [call] }, { role: 'tool', tool_call_id: 'a', content: '' }]
    expect(chatToMessages({ reasoning_effort: 'high', tools, messages }).thinking).toBeUndefined()
  })

  it('goes back to Anthropic only where it is signed, and then as it came', () => {
    const signed = { type: 'thinking', thinking: 'Hm', signature: 'sig==' }
    const unsigned = { type: 'thinking', thinking: 'made up' }
    const turn = { role: 'assistant', content: 'Yes', thinking_blocks: [signed, unsigned] }
    const prompt = readChat({ messages: [user, turn, user] })
    const [, assistant] = prompt.turns
    const thoughts = [
      { kind: 'thinking', text: 'Hm', signature: 'sig==' },
      { kind: 'thinking', text: 'made up', signature: null },
    ] as const
    const withThoughts = { ...assistant, parts: [...thoughts, { kind: 'text', text: 'Yes', cache: null }] } as Turn
    const turns = [prompt.turns[0], withThoughts, prompt.turns[2]] as readonly Turn[]
    const { messages } = writeMessages(
      { ...prompt, turns },
      { model: claude('claude-sonnet-4-5'), maxTokens: 1000, isStream: false },
    )
    expect(messages[1]?.content).toEqual([signed, { type: 'text', text: 'Yes' }])
  })

  it('is packed for Responses byte for byte', () => {
    for (const part of [
      { kind: 'thinking', text: '', signature: 'sig==' },
      { kind: 'thinking', text: 'ü\u2028', signature: 's' },
      { kind: 'redacted_thinking', data: 'x' },
    ] as const)
      expect(unpackThinking(packThinking(part) ?? '')).toEqual(part)
    expect(packThinking({ kind: 'thinking', text: 'mine', signature: null })).toBeNull()
    expect(unpackThinking('gAAAAA-of-somebody-else')).toBeNull()
  })
})

describe('caches', () => {
  it('marks of chat go to Anthropic wherever they stand, with their life', () => {
    const mark = { type: 'ephemeral', ttl: '1h' }
    const body = chatToMessages({
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'Long', cache_control: mark }] },
        { role: 'user', content: [{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' } }] },
        { role: 'user', content: 'Ho', cache_control: mark },
      ],
      tools: [{ type: 'function', function: { name: 'f' }, cache_control: mark }],
    })
    expect(body).toMatchObject({
      system: [{ text: 'Long', cache_control: mark }],
      messages: [{ content: [{ cache_control: { type: 'ephemeral' } }, { text: 'Ho', cache_control: mark }] }],
      tools: [{ name: 'f', cache_control: mark }],
    })
  })
})

describe('turns', () => {
  it('all answers of tools come first in one user turn; system messages are gathered in order', () => {
    const call = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '{"a":1}' } })
    const body = chatToMessages({
      messages: [
        { role: 'system', content: 'One' },
        { role: 'developer', content: 'Two' },
        user,
        { role: 'assistant', content: '', tool_calls: [call('a'), call('b')] },
        { role: 'tool', tool_call_id: 'a', content: 'A' },
        { role: 'user', content: 'Between' },
        { role: 'tool', tool_call_id: 'b', content: 'B' },
        { role: 'system', content: 'Three' },
      ],
    })
    expect(body.system).toMatchObject([{ text: 'One' }, { text: 'Two' }, { text: 'Three' }])
    expect(body.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    expect(body.messages[1]?.content).toMatchObject([{ type: 'tool_use', input: { a: 1 } }, { type: 'tool_use' }])
    expect(body.messages[2]?.content).toMatchObject([{ tool_use_id: 'a' }, { tool_use_id: 'b' }, { text: 'Between' }])
  })

  it('a system message among Claude Code’s turns goes to the others', () => {
    const messages = [user, { role: 'system', content: 'Remember' }, { role: 'assistant', content: 'Yes' }, user]
    expect(
      messagesToChat({ system: 'Be kind.', messages }).messages.map(({ role, content }) => [role, content]),
    ).toEqual([
      ['system', 'Be kind.\n\nRemember'],
      ['user', 'Hi'],
      ['assistant', 'Yes'],
      ['user', 'Hi'],
    ])
  })
})

describe('tools', () => {
  it('of a group keep both names, and none is lost that is not among the allowed', () => {
    const tool = (name: string) => ({ type: 'function', name, parameters: {} })
    const prompt = readResponses({
      input: [{ type: 'function_call', call_id: 'a', namespace: 'crm', name: 'find', arguments: '{}' }],
      tools: [tool('one'), { type: 'namespace', name: 'crm', tools: [tool('find')] }],
      tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'one' }] },
    })
    expect(prompt.tools.map(({ name }) => name)).toEqual(['one'])
    expect(prompt.toolChoice).toEqual({ kind: 'required' })
    expect(prompt.turns[0]?.parts[0]).toMatchObject({ name: 'crm__find' })
  })
})

describe('what cannot be heeded', () => {
  it.each([
    ['top_k', () => readMessages({ messages: [user], top_k: 5 })],
    ['container', () => readMessages({ messages: [user], container: 'c' })],
    ['tools[0].type', () => readMessages({ messages: [user], tools: [{ type: 'bash_20250124', name: 'bash' }] })],
    ['n', () => readChat({ messages: [user], n: 2 })],
    ['audio', () => readChat({ messages: [user], audio: { voice: 'x' } })],
    [
      'messages[0].content[0].type',
      () => readChat({ messages: [{ role: 'user', content: [{ type: 'input_audio' }] }] }),
    ],
    ['a_field_of_tomorrow', () => readResponses({ input: 'Hi', a_field_of_tomorrow: 1 })],
  ])('is refused by its name: %s', (param, read) => {
    expect(read).toThrow(expect.objectContaining({ status: 400, param }))
  })

  it('is no matter where it asks for nothing', () => {
    expect(() =>
      readChat({ messages: [user], n: 1, logprobs: false, frequency_penalty: 0, logit_bias: {}, seed: 1 }),
    ).not.toThrow()
  })
})
