import { z } from 'zod'
import type { RedactedThinkingPart, ThinkingPart, ToolCallPart } from '../conversation/prompt.ts'

/**
 * A Responses client carries reasoning from answer to request as `encrypted_content`, which it does not look into. A
 * signed thought of Anthropic's travels in it whole: its text has to come back byte for byte.
 */
const prefix = 'oc1.'

const kept = z.union([
  z.object({ text: z.string(), signature: z.string() }),
  z.object({ data: z.string() }),
  z.object({ callId: z.string(), callSignature: z.string() }),
])

/** What Google signed of a call: it goes back with the call that it belongs to. */
export interface SignedCall {
  readonly kind: 'signed_call'
  readonly callId: string
  readonly signature: string
}

/** @returns null for thinking that nobody signed: it is of no use to a model. */
export function packThinking(part: ThinkingPart | RedactedThinkingPart): string | null {
  if (part.kind === 'thinking' && part.signature === null) return null
  const content = part.kind === 'thinking' ? { text: part.text, signature: part.signature } : { data: part.data }
  return pack(content)
}

/** @returns null for a call that nobody signed. */
export function packSignature({ id, signature }: Pick<ToolCallPart, 'id' | 'signature'>): string | null {
  return signature === undefined ? null : pack({ callId: id, callSignature: signature })
}

function pack(content: object): string {
  return prefix + Buffer.from(JSON.stringify(content)).toString('base64url')
}

export function isPackedThinking(content: unknown): content is string {
  return typeof content === 'string' && content.startsWith(prefix)
}

/** @returns null for what another provider encrypted. */
export function unpackThinking(content: string): ThinkingPart | RedactedThinkingPart | SignedCall | null {
  if (!isPackedThinking(content)) return null
  const parsed = kept.safeParse(parseJson(Buffer.from(content.slice(prefix.length), 'base64url').toString('utf8')))
  if (!parsed.success) return null
  if ('callId' in parsed.data)
    return { kind: 'signed_call', callId: parsed.data.callId, signature: parsed.data.callSignature }
  return 'data' in parsed.data
    ? { kind: 'redacted_thinking', data: parsed.data.data }
    : { kind: 'thinking', text: parsed.data.text, signature: parsed.data.signature }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
