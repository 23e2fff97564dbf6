import { describe, expect, it } from 'vitest'
import { createCatalogue } from '../pricing/catalogue.ts'
import { abilitiesOf } from '../pricing/model-abilities.ts'
import { noOperatorModels } from '../pricing/operator-models.ts'
import { mayThinkUnseen } from './may-think-unseen.ts'

const catalogue = createCatalogue(noOperatorModels, Date.parse('2026-11-21'))

function mayOf(id: string, body: Record<string, unknown>): boolean {
  const known = catalogue.find(id)
  const [provider, upstreamId = ''] = id.split('/')
  if (known !== null) return mayThinkUnseen(known, body)
  if (provider !== 'anthropic' && provider !== 'openai' && provider !== 'google' && provider !== 'xai')
    throw new Error(`no provider of ${id}`)
  return mayThinkUnseen({ provider, upstreamId, abilities: abilitiesOf(provider, upstreamId) }, body)
}

const adaptive = { thinking: { type: 'adaptive', display: 'omitted' } }
const budget = { thinking: { type: 'enabled', budget_tokens: 2048 } }
const disabled = { thinking: { type: 'disabled' } }

describe('mayThinkUnseen', () => {
  it.each<[string, Record<string, unknown>, boolean]>([
    // Up to Claude 4.8: only when asked to, in whichever format.
    ['anthropic/claude-sonnet-4-20250514', {}, false],
    ['anthropic/claude-haiku-4-5-20251001', {}, false],
    ['anthropic/claude-opus-4-8', {}, false],
    ['anthropic/claude-sonnet-4-20250514', budget, true],
    ['anthropic/claude-opus-4-8', adaptive, true],
    ['anthropic/claude-opus-4-8', { thinking: { type: 'between_tools' } }, true],
    ['anthropic/claude-opus-4-8', { thinking: {} }, true],
    ['anthropic/claude-opus-4-8', disabled, false],
    ['anthropic/claude-sonnet-4-6', { reasoning_effort: 'low' }, true],
    ['anthropic/claude-sonnet-4-6', { reasoning_effort: 'none' }, false],
    ['anthropic/claude-sonnet-4-6', { reasoning: { effort: 'high' } }, true],
    // From Claude 5: unless told not to.
    ['anthropic/claude-opus-5', {}, true],
    ['anthropic/claude-sonnet-5', {}, true],
    ['anthropic/claude-opus-5-5', {}, true],
    ['anthropic/claude-opus-5', disabled, false],
    ['anthropic/claude-next', {}, true],
    // OpenAI: all but the GPT-4s, unless an effort of none is known to be heeded.
    ['openai/gpt-4o', {}, false],
    ['openai/gpt-4.1-mini', { reasoning_effort: 'high' }, false],
    ['openai/o3', {}, true],
    ['openai/o4-mini', { reasoning_effort: 'none' }, true],
    ['openai/gpt-5', { reasoning_effort: 'none' }, true],
    ['openai/gpt-5.1', {}, true],
    ['openai/gpt-5.1', { reasoning_effort: 'none' }, false],
    ['openai/gpt-5.4', { reasoning: { effort: 'none' } }, false],
    ['openai/gpt-5.4', { reasoning: { summary: 'auto' } }, true],
    [
      'openai/gpt-5.4',
      { reasoning: { effort: 'none' }, input: [{ type: 'configuration_update', reasoning: { effort: 'xhigh' } }] },
      true,
    ],
    ['openai/gpt-5.4', { reasoning: { effort: 'none' }, input: [{ role: 'user', content: 'Hi' }] }, false],
    ['openai/gpt-5.4', disabled, false],
    ['openai/something-new', {}, true],
    ['google/gemini-2.0-flash', {}, false],
    ['google/gemini-2.5-pro', { reasoning_effort: 'none' }, true],
    ['google/gemini-2.5-flash', { reasoning_effort: 'none' }, false],
    ['google/gemini-2.5-flash', {}, true],
    ['google/gemini-3.5-flash', {}, true],
    ['xai/grok-3', {}, false],
    ['xai/grok-3-mini', {}, true],
    ['xai/grok-4-0709', {}, true],
    ['xai/grok-4.6', {}, true],
    ['xai/grok-4-fast-non-reasoning', {}, false],
  ])('%s with %j: %s', (id, body, may) => expect(mayOf(id, body)).toBe(may))

  it.each<[string, Record<string, unknown>, boolean]>([
    ['tools of the client’s own', { tools: [{ name: 'look_up' }, { type: 'function' }, { type: 'custom' }] }, false],
    ['tools that the client runs', { tools: [{ type: 'bash_20250124' }, { type: 'text_editor_20250728' }] }, false],
    ['a search by the provider', { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, true],
    ['code that the provider runs', { tools: [{ type: 'code_interpreter' }] }, true],
    ['a tool that nobody knows', { tools: ['?'] }, true],
    ['a prediction, which may be rejected', { prediction: { type: 'content', content: 'x' } }, true],
    ['a search by another name', { web_search_options: {} }, true],
    ['clearing of the context', { context_management: { edits: [{ type: 'clear_thinking_20251015' }] } }, false],
    ['compaction, which a model writes', { context_management: { edits: [{ type: 'compact_20260112' }] } }, true],
    ['other models to fall back on', { fallbacks: [{ model: 'claude-opus-4-8' }] }, true],
    ['fields that are null', { prediction: null, tools: null, fallbacks: null, container: null }, false],
  ])('of a model that does not think: %s', (_label, body, may) => {
    expect(mayOf('openai/gpt-4o', body)).toBe(may)
    expect(mayOf('anthropic/claude-sonnet-4-20250514', body)).toBe(may)
  })
})
