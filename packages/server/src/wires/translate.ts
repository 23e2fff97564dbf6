import type { IncomingHttpHeaders } from 'node:http'
import { AppError } from '../kernel/app-error.ts'
import type { Model } from '../pricing/catalogue.ts'
import type { Usage } from '../pricing/usage.ts'
import type { Answer, AnswerEvent, AnswerReader, AnswerWriter } from './conversation/answer.ts'
import { documentUrlsOf, withDocuments } from './conversation/documents.ts'
import type { Prompt } from './conversation/prompt.ts'
import type {
  AnswerKeeping,
  ParsedRequest,
  PrepareContext,
  PreparedCall,
  ReportedUsage,
  StreamMeter,
  StreamTranslator,
  UpstreamBody,
  UpstreamFormatName,
} from './wire.ts'

/** What a format that clients speak has to say for translation. */
export interface ClientFormat {
  /** @throws AppError `invalid_request` naming the field. */
  readPrompt(body: Readonly<Record<string, unknown>>): Prompt
  writeAnswer(answer: Answer, told: ToldAbout): object
  createWriter(told: ToldAbout & { readonly inputTokens: number }): AnswerWriter
}

/** What a format that providers speak has to say, translated or not. */
export interface UpstreamFormat {
  readonly upstreamPath: string
  readonly upstreamFormat: UpstreamFormatName
  readonly canSearchWeb: boolean
  /** Whether a document may be named by its URL. */
  readonly takesDocumentUrls: boolean
  buildUpstreamHeaders(clientHeaders: IncomingHttpHeaders, apiKey: string): Record<string, string>
  writePrompt(
    prompt: Prompt,
    to: { readonly model: Model; readonly maxTokens: number; readonly isStream: boolean },
  ): UpstreamBody
  readAnswer(answer: unknown): Answer | null
  createReader(): AnswerReader
  readUsage(answer: unknown): ReportedUsage | null
  readOutputText(answer: unknown): string
  createMeter(request: ParsedRequest): StreamMeter
}

/** What an answer repeats of its request. */
export interface ToldAbout {
  readonly requestId: string
  readonly createdSeconds: number
  readonly request: ParsedRequest
  readonly prompt: Prompt
  readonly keeping: AnswerKeeping | null
}

/**
 * A call whose client and provider speak different formats: read into the normal form, written out of it again.
 * @throws AppError `invalid_request` naming the field.
 */
export function prepareTranslated(
  client: ClientFormat,
  upstream: UpstreamFormat,
  request: ParsedRequest,
  { model, requestId, endUser, nowMs, keeping }: PrepareContext,
): PreparedCall {
  // Whom the client names is not the provider's business.
  const prompt: Prompt = { ...client.readPrompt(request.body), endUser }
  if (prompt.maySearchWeb && !upstream.canSearchWeb) {
    throw new AppError('invalid_request', `tools: ${model.id} cannot search the web. Leave web_search out.`, {
      param: 'tools',
    })
  }
  const told: ToldAbout = { requestId, createdSeconds: Math.floor(nowMs / 1000), request, prompt, keeping }
  // No limit means the model's own, not a small constant.
  const wanted = Math.min(request.maxTokens ?? model.maxTokens, model.maxTokens)
  return {
    upstreamPath: upstream.upstreamPath,
    upstreamFormat: upstream.upstreamFormat,
    documentUrls: upstream.takesDocumentUrls ? [] : documentUrlsOf(prompt),
    buildUpstreamBody: (maxTokens, documents) =>
      upstream.writePrompt(withDocuments(prompt, documents), {
        model,
        maxTokens: maxTokens ?? wanted,
        isStream: request.isStream,
      }),
    buildUpstreamHeaders: upstream.buildUpstreamHeaders,
    readUsage: upstream.readUsage,
    readOutputText: upstream.readOutputText,
    createMeter: () => upstream.createMeter(request),
    translation: {
      translateAnswer(body, usage) {
        const answer = upstream.readAnswer(body)
        return answer === null ? null : client.writeAnswer({ ...answer, usage }, told)
      },
      createStream: (inputTokens) =>
        createTranslator(upstream.createReader(), client.createWriter({ ...told, inputTokens })),
    },
    editor: null,
  }
}

function createTranslator(reader: AnswerReader, writer: AnswerWriter): StreamTranslator {
  const write = (events: readonly AnswerEvent[]) => events.map((event) => writer.write(event)).join('')
  return {
    push: (event) => write(reader.read(event)),
    finish(usage: Usage, isCut) {
      const left = write(reader.finish())
      const cut = isCut ? write([{ kind: 'stop', stop: 'max_tokens', sequence: null }]) : ''
      return left + cut + write([{ kind: 'usage', usage }]) + writer.finish()
    },
  }
}
