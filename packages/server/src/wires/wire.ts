import type { IncomingHttpHeaders } from 'node:http'
import type { ErrorDialect } from '../http/error-dialect.ts'
import type { AppError } from '../kernel/app-error.ts'
import type { Model, ModelProvider } from '../pricing/catalogue.ts'
import type { FurtherRunKind, Usage } from '../pricing/usage.ts'
import type { BringFiles } from './bring-files.ts'
import type { SseEvent } from './sse-scanner.ts'

/** A client's request, read as far as metering needs it; everything else in `body` goes along unchanged. */
export interface ParsedRequest {
  readonly model: string
  readonly isStream: boolean
  /** The most output that the client asks for, per answer; null when it names no limit. */
  readonly maxTokens: number | null
  /** How many answers are asked for at once: each may be `maxTokens` long. */
  readonly answers: number
  /** Runs of models beside the one that answers, which the body allows its provider to make. */
  readonly furtherRuns: readonly FurtherRun[]
  /** Tokens of output beside `maxTokens` that may be billed: those of a prediction that the model rejects. */
  readonly predictedTokens: number
  /** Whether the client asked for the usage chunk of a stream; where it did not, ours is taken out again. */
  readonly wantsUsageChunk: boolean
  readonly body: Readonly<Record<string, unknown>>
}

/** A run that a provider may make on behalf of a call. */
export interface FurtherRun {
  readonly kind: FurtherRunKind
  /** Who makes such runs; with other providers' models the body does not ask for them. */
  readonly providers: readonly ModelProvider[]
  /** By which model: the call's own, the one that the client names, or any that the provider chooses. */
  readonly model: 'same' | 'any' | { readonly named: string }
  /** Where the body asks for it. */
  readonly param: string
  readonly timesMax: number
  /** Output of one run; null: as much as the model gives · `as_answer`: as the answer's own limit. */
  readonly outputTokensMax: number | 'as_answer' | null
  /** Whether the run writes its prompt to a cache; null: as the prompt of the call is written. */
  readonly cacheWrite: 'none' | '5m' | '1h' | null
  /** It comes only where the prompt is as long as this. */
  readonly fromInputTokens: number
}

/** Counts that the provider reported: a bucket that it did not mention is missing, an explicit 0 is 0. */
export type ReportedUsage = Partial<Usage>

/** Watches one stream of a provider go by. Pure: events in, verdicts out. */
export interface StreamMeter {
  observe(event: SseEvent): Verdict
  readonly reported: ReportedUsage
  /** Whether `reported` counts the whole answer. What is told on the way counts it only so far. */
  readonly isUsageFinal: boolean
  /** All that the model has said so far, for counting where the provider's counts are missing. */
  outputText(): string
  /** Its length in UTF-8, for progress marks and for the next step of the hold. */
  readonly outputBytes: number
  /** The events that close what is open, as if the answer had met its token limit here. One that had not begun is begun. */
  cutShort(usage: Usage, head: AnswerHead): string
}

/**
 * What becomes of one event. `pass`: it goes on to the client · `keep`: it tells that the answer is over, and goes on only
 * when its usage is known · `drop`: our own usage chunk · `end`: the last event, which goes on only once the call is
 * settled · `fail`: the provider's own error event, also the last · `broken`: no event of this format, so nothing that
 * follows can be relied on.
 */
export type Verdict = 'pass' | 'keep' | 'drop' | 'end' | 'fail' | 'broken'

/** From which an answer is begun that the provider had not begun. */
export interface AnswerHead {
  readonly requestId: string
  readonly createdSeconds: number
  readonly request: ParsedRequest
}

/** Turns a provider's stream into the client's. */
export interface StreamTranslator {
  push(event: SseEvent): string
  /** The last events, with the counts that are charged. @param isCut the answer ends here for want of credits. */
  finish(usage: Usage, isCut: boolean): string
}

/** One family's answers in the other's words. */
export interface Translation {
  /** @returns null for what is no answer. */
  translateAnswer(answer: object, usage: Usage): object | null
  /** @param inputTokens about how many: some formats tell them before the provider does. */
  createStream(inputTokens: number): StreamTranslator
}

/** A document that was fetched for a provider that takes no URLs. */
export interface FetchedDocument {
  readonly mediaType: string
  /** Base64. */
  readonly data: string
}

/** The formats in which providers are asked. */
export type UpstreamFormatName = 'messages' | 'chat' | 'responses' | 'embeddings'

/** A request's body as it goes out, before it is written as JSON. */
export type UpstreamBody = Readonly<Record<string, unknown>>

/** One item of a conversation. */
export type Item = Readonly<Record<string, unknown>>

/** What an answer says of its being kept, and who has to know it whole. */
export interface AnswerKeeping {
  readonly previousResponseId: string | null
  /** Whether the client asked for encrypted reasoning; where it did not, that is kept for it and left out of its answer. */
  readonly wantsEncryptedReasoning: boolean
  /** Takes the whole answer as it is to be kept. */
  note(response: Item): void
}

/** What a format's clients may leave with us, and refer to later. */
export interface WireMemory {
  read(body: Item): MemoryRequest
  /** The client's own items. */
  inputOf(body: Item): readonly Item[]
  /** The items that these only name. */
  referencesIn(items: readonly Item[]): References
  /** The body with what it refers to in place of the references. @throws AppError 400 for what is not there. */
  expand(body: Item, found: FoundMemory, provider: ModelProvider): Record<string, unknown>
}

export interface MemoryRequest {
  readonly previousResponseId: string | null
  readonly isKept: boolean
  readonly wantsEncryptedReasoning: boolean
}

/** Ids of items: those without which a request cannot be understood, and those that are better than nothing. */
export interface References {
  readonly required: readonly string[]
  readonly optional: readonly string[]
}

/** What was found of a request's references. */
export interface FoundMemory {
  /** The conversation that it continues, with the provider whose model said an item; null: the client said it. */
  readonly history: readonly { readonly item: Item; readonly provider: string | null }[]
  readonly items: ReadonlyMap<string, { readonly item: Item; readonly provider: string }>
}

/** Changes what a provider's answer says of itself, where its bytes pass otherwise. */
export interface AnswerEditor {
  editAnswer(answer: object): object
  /** @returns null for an event that stays as it is. */
  editEvent(event: SseEvent): Buffer | null
}

/** A request made ready for one model: checked, and translated where the model's provider speaks another format. */
export interface PreparedCall {
  /** Behind the provider's base URL. */
  readonly upstreamPath: string
  readonly upstreamFormat: UpstreamFormatName
  /** Documents that the provider takes only whole: their URLs, to be fetched before the body is built. */
  readonly documentUrls: readonly string[]
  /** @param maxTokens sent upstream where it is not null. @param documents what was fetched, by URL. */
  buildUpstreamBody(maxTokens: number | null, documents: ReadonlyMap<string, FetchedDocument>): UpstreamBody
  /** Only what is on the format's list goes out; an OpenCredits key never does. */
  buildUpstreamHeaders(clientHeaders: IncomingHttpHeaders, apiKey: string): Record<string, string>
  /** @returns null when the answer has no credible usage. */
  readUsage(answer: unknown): ReportedUsage | null
  readOutputText(answer: unknown): string
  createMeter(): StreamMeter
  /** Null where the provider speaks the client's format: then its bytes pass as they come. */
  readonly translation: Translation | null
  /** Null where no byte of the answer changes; never beside a translation. */
  readonly editor: AnswerEditor | null
}

export interface PrepareContext {
  readonly model: Model
  readonly requestId: string
  /** The pseudonym by which the provider knows the user. */
  readonly endUser: string
  /** What the provider calls the models that the body names beside its own. */
  readonly modelNames: ReadonlyMap<string, string>
  readonly nowMs: number
  /** Null where nothing of the answer is kept. */
  readonly keeping: AnswerKeeping | null
}

/** One format that clients speak. The same files in each folder; a format's spelling stays inside. */
export interface Wire {
  readonly endpoint: 'chat_completions' | 'responses' | 'messages' | 'embeddings'
  readonly dialect: ErrorDialect
  readonly kind: Model['kind']
  /** What the client switches on by a header that does not go to the provider. */
  ignoredBetas(headers: IncomingHttpHeaders): readonly string[]
  /** @throws AppError `invalid_request` naming the field. */
  parseRequest(body: Record<string, unknown>): ParsedRequest
  /** @throws AppError `invalid_request` naming the field that the model cannot heed. */
  prepare(request: ParsedRequest, context: PrepareContext): PreparedCall
  /** The bytes that tell a client in its own format that its stream has failed. */
  formatStreamError(error: AppError, requestId: string): string
  /** Null where clients keep nothing. */
  readonly memory: WireMemory | null
  /** What a body says of files that are kept here, and how it says it without ids. */
  readonly bringFiles: BringFiles
  /** What keeps a silent stream open, and is nothing to the client. */
  readonly ping: string
}
