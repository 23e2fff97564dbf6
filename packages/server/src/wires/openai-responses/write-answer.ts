import type OpenAI from 'openai'
import type { Answer, AnswerUsage, StopReason } from '../conversation/answer.ts'
import type { AssistantPart, Prompt, ToolCallPart } from '../conversation/prompt.ts'
import type { AnswerKeeping } from '../wire.ts'
import { keptFields, shownItem } from './edit-answer.ts'
import { packSignature, packThinking } from './keep-thinking.ts'

type Response = OpenAI.Responses.Response
export type OutputItem = OpenAI.Responses.ResponseOutputItem

/** What of the request an answer repeats. */
export interface ResponseContext {
  readonly requestId: string
  readonly createdSeconds: number
  readonly body: Readonly<Record<string, unknown>>
  readonly prompt: Prompt
  readonly keeping: AnswerKeeping | null
}

/** An answer of another family's model as the Responses API would have given it. */
export function writeAnswer(answer: Answer, context: ResponseContext): Response {
  const status = statusOf(answer.stop)
  const output: OutputItem[] = []
  for (const [index, part] of answer.parts.entries())
    output.push(...writeItems(part, context, { index: output.length, status: itemStatus(answer, index) }))
  return keepWhole({ ...envelope(context, answer.model, status), output, usage: writeUsage(answer.usage) }, context)
}

/** Leaves the whole answer to be kept. @returns it as its client gets it. */
export function keepWhole(response: Response, { keeping }: Pick<ResponseContext, 'keeping'>): Response {
  keeping?.note({ ...response })
  return { ...response, output: response.output.map((item) => shownItem(item, keeping)) }
}

/** Only the last part can have been cut. */
function itemStatus(answer: Answer, index: number): 'completed' | 'incomplete' {
  return statusOf(answer.stop) === 'completed' || index < answer.parts.length - 1 ? 'completed' : 'incomplete'
}

export function statusOf(stop: StopReason | null): 'completed' | 'incomplete' {
  return stop === 'max_tokens' || stop === 'context_exceeded' || stop === 'refusal' ? 'incomplete' : 'completed'
}

/** The response around its output, as the API repeats the request in it. */
export function envelope(
  { requestId, createdSeconds, body, keeping }: Omit<ResponseContext, 'prompt'>,
  model: string,
  status: 'in_progress' | 'completed' | 'incomplete' | 'failed',
  stop: StopReason | null = status === 'incomplete' ? 'max_tokens' : null,
): Response {
  const reason = stop === 'refusal' ? 'content_filter' : 'max_output_tokens'
  return {
    id: `resp_${requestId.replace(/^req_/, '')}`,
    object: 'response',
    created_at: createdSeconds,
    status,
    background: false,
    error: null,
    incomplete_details: status === 'incomplete' ? { reason } : null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    metadata: body.metadata ?? {},
    model,
    output: [],
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    reasoning: body.reasoning ?? { effort: null, summary: null },
    service_tier: 'default',
    ...keptFields(keeping),
    temperature: body.temperature ?? 1,
    text: body.text ?? { format: { type: 'text' } },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_p: body.top_p ?? 1,
    truncation: 'disabled',
    usage: null,
  } as unknown as Response
}

interface Place {
  readonly index: number
  readonly status: 'in_progress' | 'completed' | 'incomplete'
}

/** The items of one part: a call that its model's provider signed comes behind an item that has the signature. */
function writeItems(part: AssistantPart, context: ResponseContext, { index, status }: Place): readonly OutputItem[] {
  const signature = part.kind === 'tool_call' ? signatureItem(part, context, index) : null
  if (signature === null) return [writeItem(part, context, index, status)]
  return [signature, writeItem(part, context, index + 1, status)]
}

/** @returns null for a call that nobody signed. */
export function signatureItem(
  call: Pick<ToolCallPart, 'id' | 'signature'>,
  { requestId }: Pick<ResponseContext, 'requestId'>,
  index: number,
): OutputItem | null {
  const packed = packSignature(call)
  if (packed === null) return null
  const id = `rs_${requestId.replace(/^req_/, '')}_${index}`
  return { id, type: 'reasoning', summary: [], encrypted_content: packed }
}

/** One item of the output. Its id tells its place, so that no two are equal. */
export function writeItem(
  part: AssistantPart,
  { requestId, prompt }: ResponseContext,
  index: number,
  status: 'in_progress' | 'completed' | 'incomplete',
): OutputItem {
  const id = `${requestId.replace(/^req_/, '')}_${index}`
  switch (part.kind) {
    case 'text':
      return {
        id: `msg_${id}`,
        type: 'message',
        role: 'assistant',
        status,
        content: [{ type: 'output_text', text: part.text, annotations: [], logprobs: [] }],
      }
    case 'thinking':
    case 'redacted_thinking': {
      const packed = packThinking(part)
      const text = part.kind === 'thinking' ? part.text : ''
      return {
        id: `rs_${id}`,
        type: 'reasoning',
        summary: text === '' ? [] : [{ type: 'summary_text', text }],
        ...(packed === null ? {} : { encrypted_content: packed }),
      }
    }
    case 'tool_call':
      return {
        id: `fc_${id}`,
        type: 'function_call',
        status,
        call_id: part.id,
        ...namesOf(part.name, prompt),
        arguments: part.arguments,
      }
  }
}

/** The group and the name in it, as the client gave them. */
function namesOf(name: string, prompt: Prompt): { readonly name: string; readonly namespace?: string } {
  const group = prompt.tools.find((tool) => tool.name === name)?.namespace ?? null
  return group === null ? { name } : { name: group.tool, namespace: group.name }
}

export function writeUsage(usage: AnswerUsage): OpenAI.Responses.ResponseUsage {
  const cached = usage.cacheReadTokens ?? 0
  const written = (usage.cacheWrite5mTokens ?? 0) + (usage.cacheWrite1hTokens ?? 0)
  const input = (usage.inputTokens ?? 0) + cached + written
  const output = usage.outputTokens ?? 0
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached, cache_write_tokens: written },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
    total_tokens: input + output,
  }
}
