import type { Counter, ReadPrompt } from '../counting/counter.ts'
import { type RequestBody, withModel } from '../http/request-body.ts'
import { AppError } from '../kernel/app-error.ts'
import { anthropicMessages } from '../wires/anthropic-messages/index.ts'
import { nameModels } from '../wires/anthropic-messages/name-models.ts'
import { readPromptText, tokensPerTurn } from '../wires/read-prompt-text.ts'
import type { Item, ParsedRequest } from '../wires/wire.ts'
import type { FileBringer } from './bring-files.ts'

/** A prompt in Anthropic's format whose tokens are asked for. */
export interface CountablePrompt extends Pick<ParsedRequest, 'model' | 'furtherRuns'> {
  /**
   * Its body for Anthropic, with Anthropic's own names of the model and of the others that it names. Nothing is generated,
   * so nobody is told who asks. @returns null for a large one in which more than the model would have to change.
   */
  bodyFor(upstreamModel: string, names: ReadonlyMap<string, string>): string | Buffer | null
  /** Its tokens, counted here; about as many where that would take too long. */
  count(): Promise<number>
}

export interface PromptReader {
  /** Tells of a model's name whether the tokens will surely be counted here: then a large body is parsed only once. */
  isCountedHere(model: unknown): boolean
  readonly files: Pick<FileBringer, 'bring'>
  /** @throws AppError 402 for who has no credits. */
  refuseUnpaid(): Promise<void>
}

/**
 * Reads the body of `/v1/messages/count_tokens`. Nobody pays for it, so a large one is parsed by a worker; one that may
 * name files is parsed here, as for a call that is paid, and for those who could pay one.
 * @throws AppError `invalid_request` as `/v1/messages` would, 503 `overloaded` when the workers have too much to do.
 */
export async function readCountablePrompt(
  counter: Counter,
  body: RequestBody,
  reader: PromptReader,
): Promise<CountablePrompt> {
  if (body.isLarge && !body.includes('"file_id"')) return readLarge(counter, body, reader.isCountedHere)
  if (body.isLarge) await reader.refuseUnpaid()
  return readWhole(counter, await reader.files.bring(body.takeObject()))
}

function readWhole(counter: Counter, object: Item): CountablePrompt {
  // Counting takes the same body as asking, but no limit.
  const { model, furtherRuns } = anthropicMessages.parseRequest({ max_tokens: 1, ...object })
  return {
    ...{ model, furtherRuns },
    bodyFor: (upstreamModel, names) =>
      JSON.stringify({ ...nameModels(object, names), metadata: undefined, model: upstreamModel }),
    async count() {
      const { text, turns } = readPromptText(object)
      const tokens = await counter.countText(text)
      return tokens === null ? Math.ceil(Buffer.byteLength(text) / bytesPerToken) : tokens + turns * tokensPerTurn
    },
  }
}

/** English has about four bytes a token, and what is around the text is not counted at all: this is on the high side. */
const bytesPerToken = 2.25

async function readLarge(
  counter: Counter,
  body: RequestBody,
  isCountedHere: (model: unknown) => boolean,
): Promise<CountablePrompt> {
  const spelled = body.peek('model')
  const isCounted = isCountedHere(spelled)
  const estimate = Math.ceil(body.length / bytesPerToken)
  const read = await counter.readPrompt(body.take(), isCounted)
  if (read === null) {
    if (!isCounted || typeof spelled !== 'string') throw tooBusy()
    return { ...{ model: spelled, furtherRuns: [] }, bodyFor: () => null, count: async () => estimate }
  }
  if (read.kind === 'refused') throw refused(read)
  // The name is replaced where it stands; the parser may have found another one, under a name with escapes in it.
  if (spelled !== read.model)
    throw new AppError('invalid_request', 'model: expected once, and its name without escapes.', { param: 'model' })
  const bytes = Buffer.from(read.body.buffer, read.body.byteOffset, read.body.length)
  return {
    ...{ model: read.model, furtherRuns: read.furtherRuns },
    bodyFor(upstreamModel, names) {
      if (read.tellsWhoAsks || names.size > 0) return null
      return upstreamModel === spelled ? bytes : withModel(bytes, body.structure.model, upstreamModel)
    },
    async count() {
      const counted = read.tokens === null ? await counter.readPrompt(bytes, true) : read
      const tokens = counted?.kind === 'prompt' ? counted.tokens : null
      return tokens ?? estimate
    },
  }
}

function refused({ message, param, wireCode }: Extract<ReadPrompt, { kind: 'refused' }>): AppError {
  return new AppError('invalid_request', message, {
    ...(param === null ? {} : { param }),
    ...(wireCode === null ? {} : { wireCode }),
  })
}

function tooBusy(): AppError {
  return new AppError('overloaded', 'Too many large prompts are being counted. Try again in a moment.', {
    retryAfterSeconds: 2,
  })
}
