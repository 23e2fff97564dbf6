import type Anthropic from '@anthropic-ai/sdk'
import type { Answer } from '../conversation/answer.ts'
import type { AssistantPart } from '../conversation/prompt.ts'
import type { ReportedUsage } from '../wire.ts'
import { writeStopReason } from './stop-reason.ts'

/** An answer of another family's model as Anthropic would have given it. */
export function writeAnswer(answer: Answer): Anthropic.Message {
  return {
    id: `msg_${answer.id}`,
    type: 'message',
    role: 'assistant',
    model: answer.model,
    content: answer.parts.map(writeBlock),
    stop_reason: writeStopReason(answer.stop),
    stop_sequence: answer.stopSequence,
    stop_details: null,
    container: null,
    usage: writeUsage(answer.usage),
  } satisfies Partial<Anthropic.Message> as Anthropic.Message
}

function writeBlock(part: AssistantPart): Anthropic.ContentBlock {
  switch (part.kind) {
    case 'text':
      return { type: 'text', text: part.text, citations: null }
    case 'thinking':
      return { type: 'thinking', thinking: part.text, signature: part.signature ?? '' }
    case 'redacted_thinking':
      return { type: 'redacted_thinking', data: part.data }
    case 'tool_call':
      return {
        type: 'tool_use',
        id: part.id,
        name: part.name,
        input: parseInput(part.arguments),
        caller: { type: 'direct' },
      }
  }
}

/** Arguments that were cut short are no JSON; the client sees from the stop reason why nothing is in them. */
function parseInput(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

/** Anthropic's buckets are ours: disjoint. */
export function writeUsage(usage: ReportedUsage): Anthropic.Usage {
  const [write5m, write1h] = [usage.cacheWrite5mTokens ?? 0, usage.cacheWrite1hTokens ?? 0]
  return {
    input_tokens: usage.inputTokens ?? 0,
    output_tokens: usage.outputTokens ?? 0,
    cache_creation_input_tokens: write5m + write1h,
    cache_read_input_tokens: usage.cacheReadTokens ?? 0,
    cache_creation: { ephemeral_5m_input_tokens: write5m, ephemeral_1h_input_tokens: write1h },
    inference_geo: null,
    output_tokens_details: null,
    server_tool_use: null,
    service_tier: 'standard',
    speed: null,
  }
}
