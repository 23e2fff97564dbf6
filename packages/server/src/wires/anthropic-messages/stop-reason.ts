import type Anthropic from '@anthropic-ai/sdk'
import type { StopReason } from '../conversation/answer.ts'

const names: Readonly<Record<StopReason, Anthropic.StopReason>> = {
  end: 'end_turn',
  max_tokens: 'max_tokens',
  stop_sequence: 'stop_sequence',
  tool_use: 'tool_use',
  pause_turn: 'pause_turn',
  refusal: 'refusal',
  context_exceeded: 'model_context_window_exceeded',
}

/** One that is not known ends the answer like any other. */
export function readStopReason(name: unknown): StopReason | null {
  if (name === null || name === undefined) return null
  const found = Object.entries(names).find(([, value]) => value === name)
  return found === undefined ? 'end' : (found[0] as StopReason)
}

export function writeStopReason(stop: StopReason | null): Anthropic.StopReason {
  return names[stop ?? 'end']
}
