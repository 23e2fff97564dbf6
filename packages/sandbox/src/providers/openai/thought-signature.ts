import { createHmac } from 'node:crypto'
import { fieldsOf, listOf } from '../../json.ts'
import type { Asked } from '../exchange.ts'
import { ProviderProblem } from '../provider-problem.ts'
import { callingTurns } from './read-chat-question.ts'

/** Gemini 3 and later sign what they thought before a call: https://ai.google.dev/gemini-api/docs/thought-signatures */
function signs({ body, call }: Pick<Asked, 'body' | 'call'>): boolean {
  return call.provider === 'google' && /gemini-([3-9]|\d\d)/.test(String(body.model))
}

function sign(callId: string): string {
  return createHmac('sha256', 'sandbox thoughts').update(callId).digest('base64')
}

/** Beside the first of parallel calls, and beside no other. */
export function thoughtSignature(exchange: Asked, index: number, callId: string): object {
  return index === 0 && signs(exchange) ? { extra_content: { google: { thought_signature: sign(callId) } } } : {}
}

/** Since the user said something, every step has to come back with its signature. @throws ProviderProblem */
export function checkThoughtSignatures(exchange: Pick<Asked, 'body' | 'call'>): void {
  if (!signs(exchange)) return
  for (const { tool_calls: calls } of callingTurns(exchange.body)) {
    const first = fieldsOf(listOf(calls)[0])
    const signature = fieldsOf(fieldsOf(first.extra_content).google).thought_signature
    if (signature === undefined)
      throw new ProviderProblem(
        400,
        `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call \`default_api:${String(fieldsOf(first.function).name)}\`.`,
      )
    if (signature !== sign(String(first.id))) throw new ProviderProblem(400, 'Corrupted thought signature.')
  }
}
