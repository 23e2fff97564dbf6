import type { IncomingHttpHeaders } from 'node:http'
import type { ErrorDialect } from '../http/error-dialect.ts'
import type { AppError } from '../kernel/app-error.ts'
import type { ModelProvider } from '../pricing/catalogue.ts'
import type { Usage } from '../pricing/usage.ts'
import type { SseEvent } from './sse-scanner.ts'

/** A client's request, read as far as metering needs it; everything else in `body` goes along unchanged. */
export interface ParsedRequest {
  readonly model: string
  readonly isStream: boolean
  /** The most output that the client asks for, per answer; null when it names no limit. */
  readonly maxTokens: number | null
  /** How many answers are asked for at once: each may be `maxTokens` long. */
  readonly answers: number
  /** Whether the client asked for the usage chunk of a stream; where it did not, ours is taken out again. */
  readonly wantsUsageChunk: boolean
  readonly body: Readonly<Record<string, unknown>>
}

/** Counts that the provider reported: a bucket that it did not mention is missing, an explicit 0 is 0. */
export type ReportedUsage = Partial<Usage>

/** Watches one stream go by. Pure: events in, verdicts out. */
export interface StreamMeter {
  /**
   * `pass` it on · `drop` it (our own usage chunk) · `end`: the last event, passed on only once the call is settled ·
   * `fail`: the provider's own error event, also the last.
   */
  observe(event: SseEvent): 'pass' | 'drop' | 'end' | 'fail'
  readonly reported: ReportedUsage
  /** All that the model has said so far, for counting where the provider's counts are missing. */
  outputText(): string
  /** Its length, for progress marks. */
  readonly outputCharacters: number
}

/** One wire format. The same files in each folder; a provider's spelling stays inside. */
export interface Wire {
  readonly endpoint: 'chat_completions' | 'messages'
  readonly dialect: ErrorDialect
  /** Whose models speak this format themselves. */
  readonly providers: readonly ModelProvider[]
  /** Behind the provider's base URL. */
  readonly upstreamPath: string
  /** @throws AppError `invalid_request` naming the field. */
  parseRequest(body: Record<string, unknown>): ParsedRequest
  /** @param maxTokens sent upstream where it is not null. */
  buildUpstreamBody(request: ParsedRequest, upstreamModel: string, maxTokens: number | null): string
  /** Only what is on the wire's list goes out; an OpenCredits key never does. */
  buildUpstreamHeaders(clientHeaders: IncomingHttpHeaders, apiKey: string): Record<string, string>
  /** @returns null when the answer has no credible usage. */
  readUsage(answer: unknown): ReportedUsage | null
  readOutputText(answer: unknown): string
  createMeter(request: ParsedRequest): StreamMeter
  /** The bytes that tell a client in its own format that its stream has failed. */
  formatStreamError(error: AppError, requestId: string): string
}
