import type { ReportedUsage } from '../wire.ts'
import type { AssistantPart } from './prompt.ts'

export type StopReason =
  | 'end'
  | 'max_tokens'
  | 'stop_sequence'
  | 'tool_use'
  | 'pause_turn'
  | 'refusal'
  | 'context_exceeded'

/** Counts of an answer. */
export interface AnswerUsage extends ReportedUsage {
  /** How many of its tokens were thought and are told apart, where somebody tells them. */
  readonly reasoningTokens?: number
}

/** The normal form of an answer. */
export interface Answer {
  readonly id: string
  readonly model: string
  readonly parts: readonly AssistantPart[]
  /** Null where the provider did not say; the answer has ended all the same. */
  readonly stop: StopReason | null
  readonly stopSequence: string | null
  readonly usage: AnswerUsage
}

export type PartHead =
  | { readonly kind: 'text' }
  | { readonly kind: 'thinking' }
  | { readonly kind: 'redacted_thinking'; readonly data: string }
  | { readonly kind: 'tool_call'; readonly id: string; readonly name: string; readonly signature?: string }

/** An answer as it comes. One part is open at a time; what belongs to a part comes between its `open` and its `close`. */
export type AnswerEvent =
  | { readonly kind: 'start'; readonly id: string; readonly model: string }
  | { readonly kind: 'open'; readonly part: PartHead }
  /** More of the open part: text, thinking, or a call's arguments. */
  | { readonly kind: 'delta'; readonly text: string }
  | { readonly kind: 'signature'; readonly signature: string }
  | { readonly kind: 'close' }
  /** Counts so far: each that is mentioned replaces what was known. */
  | { readonly kind: 'usage'; readonly usage: AnswerUsage }
  | { readonly kind: 'stop'; readonly stop: StopReason | null; readonly sequence: string | null }

/** Reads an upstream's stream, event by event. */
export interface AnswerReader {
  read(event: { readonly name: string | null; readonly data: string | null }): readonly AnswerEvent[]
  /** What is left when the upstream has said its last: open parts are closed. */
  finish(): readonly AnswerEvent[]
}

/** Writes a client's stream. */
export interface AnswerWriter {
  write(event: AnswerEvent): string
  /** The last events, after which nothing comes: what closes the stream properly whatever was left open. */
  finish(): string
}
