import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readPrompt as readMessages } from '../anthropic-messages/read-prompt.ts'
import { writePrompt as writeMessages } from '../anthropic-messages/write-prompt.ts'
import { readPrompt as readChat } from '../openai-chat/read-prompt.ts'
import { writePrompt as writeChat } from '../openai-chat/write-prompt.ts'
import type { AssistantPart, Prompt, UserPart } from './prompt.ts'
import { prompts } from './test-prompts.ts'

/** What both formats can say comes back as it went; what one of them cannot say is named here, and nothing else is lost. */

const anthropicModel = {
  upstreamId: 'claude-x',
  abilities: { thinking: { by: 'adaptive' }, hasStructuredOutput: true },
} as const
const openaiModel = {
  upstreamId: 'gpt-x',
  provider: 'openai',
  abilities: { thinking: { by: 'effort', levels: ['low', 'medium', 'high'] }, hasStructuredOutput: true },
} as const
const asSent = (body: object): Record<string, unknown> => JSON.parse(JSON.stringify(body))

const throughMessages = (prompt: Prompt): Prompt =>
  readMessages(asSent(writeMessages(prompt, { model: anthropicModel, maxTokens: 100, isStream: false })))

const throughChat = (prompt: Prompt): Prompt => {
  const { max_completion_tokens: _limit, ...body } = asSent(
    writeChat(prompt, { model: openaiModel, maxTokens: 100, isStream: true }),
  )
  return readChat(body)
}

describe('a prompt', () => {
  it('comes back whole from Messages', () => {
    fc.assert(
      fc.property(prompts, (prompt) => {
        expect(throughMessages(prompt)).toEqual(prompt)
      }),
    )
  })

  it('comes back from Chat Completions but for caches, thinking, and text that was in pieces', () => {
    fc.assert(
      fc.property(prompts, (prompt) => {
        expect(throughChat(prompt)).toEqual(asChatSaysIt(prompt))
      }),
    )
  })

  it('is the same after both', () => {
    fc.assert(
      fc.property(prompts, (prompt) => {
        const once = throughChat(prompt)
        expect(throughChat(throughMessages(once))).toEqual(once)
      }),
    )
  })
})

/** Chat has no cache marks and no thinking, one text a turn of the assistant's, and one system message. */
function asChatSaysIt(prompt: Prompt): Prompt {
  const system = prompt.system.map(({ text }) => text).join('\n\n')
  return {
    ...prompt,
    system: system === '' ? [] : [{ kind: 'text', text: system, cache: null }],
    turns: prompt.turns.map((turn) =>
      turn.role === 'user'
        ? { role: 'user', parts: turn.parts.map(unmarked) }
        : { role: 'assistant', parts: assistantParts(turn.parts) },
    ),
    tools: prompt.tools.map((tool) => ({ ...tool, cache: null })),
  }
}

function assistantParts(parts: readonly AssistantPart[]): readonly AssistantPart[] {
  const said = parts.flatMap((part) => (part.kind === 'text' ? [part.text] : [])).join('')
  const calls = parts.filter((part) => part.kind === 'tool_call')
  return [...(said === '' ? [] : [{ kind: 'text', text: said, cache: null } as const]), ...calls]
}

function unmarked(part: UserPart): UserPart {
  return part.kind === 'tool_result'
    ? { ...part, cache: null, content: part.content.map((one) => ({ ...one, cache: null })) }
    : { ...part, cache: null }
}
