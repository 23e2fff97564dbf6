import type OpenAI from 'openai'
import type { StopReason } from '../conversation/answer.ts'

type FinishReason = OpenAI.ChatCompletion.Choice['finish_reason']

const reasons: Readonly<Record<StopReason, FinishReason>> = {
  end: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  max_tokens: 'length',
  context_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
}

/** One that is not known ends the answer like any other. */
export function readFinishReason(reason: unknown): StopReason | null {
  if (reason === null || reason === undefined) return null
  if (reason === 'length') return 'max_tokens'
  if (reason === 'tool_calls' || reason === 'function_call') return 'tool_use'
  return reason === 'content_filter' ? 'refusal' : 'end'
}

export function writeFinishReason(stop: StopReason | null): FinishReason {
  return reasons[stop ?? 'end']
}
