import type OpenAI from 'openai'
import type { Answer, AnswerUsage } from '../conversation/answer.ts'
import type { AssistantPart } from '../conversation/prompt.ts'
import { writeFinishReason } from './finish-reason.ts'

/** Thinking beside the text, as OpenRouter's and DeepSeek's clients know it: shown apart, and carried back signed. */
export type ReasoningDetail =
  | { readonly type: 'reasoning.text'; readonly text: string; readonly signature: string | null }
  | { readonly type: 'reasoning.encrypted'; readonly data: string }

/** An answer of another family's model as OpenAI would have given it. */
export function writeAnswer(answer: Answer, createdSeconds: number): OpenAI.ChatCompletion {
  const text = joined(answer, 'text')
  const thinking = joined(answer, 'thinking')
  const details = answer.parts.flatMap(detailOf).map((detail, index) => ({ ...detail, index }))
  const calls = answer.parts.flatMap((part) =>
    part.kind === 'tool_call'
      ? [{ id: part.id, type: 'function', function: { name: part.name, arguments: part.arguments } } as const]
      : [],
  )
  const message = {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    refusal: null,
    ...(thinking === '' ? {} : { reasoning_content: thinking }),
    ...(details.length === 0 ? {} : { reasoning_details: details }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  } as const
  return {
    id: answer.id,
    object: 'chat.completion',
    created: createdSeconds,
    model: answer.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: writeFinishReason(answer.stop) }],
    usage: writeUsage(answer.usage),
  }
}

function joined(answer: Answer, kind: 'text' | 'thinking'): string {
  return answer.parts.flatMap((part) => (part.kind === kind ? [part.text] : [])).join('')
}

function detailOf(part: AssistantPart): readonly ReasoningDetail[] {
  if (part.kind === 'thinking') return [{ type: 'reasoning.text', text: part.text, signature: part.signature }]
  return part.kind === 'redacted_thinking' ? [{ type: 'reasoning.encrypted', data: part.data }] : []
}

/** OpenAI's `prompt_tokens` include what was read from the cache and written to it. */
export function writeUsage(usage: AnswerUsage): OpenAI.CompletionUsage {
  const cached = usage.cacheReadTokens ?? 0
  const written = (usage.cacheWrite5mTokens ?? 0) + (usage.cacheWrite1hTokens ?? 0)
  const prompt = (usage.inputTokens ?? 0) + cached + written
  const completion = usage.outputTokens ?? 0
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: cached, ...(written === 0 ? {} : { cache_write_tokens: written }) },
    ...(usage.reasoningTokens === undefined
      ? {}
      : { completion_tokens_details: { reasoning_tokens: usage.reasoningTokens } }),
  }
}
