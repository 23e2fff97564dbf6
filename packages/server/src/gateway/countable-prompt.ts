import type { Counter, ReadPrompt } from '../counting/counter.ts'
import { type RequestBody, withModel } from '../http/request-body.ts'
import { AppError } from '../kernel/app-error.ts'
import { anthropicMessages } from '../wires/anthropic-messages/index.ts'
import { readPromptText, tokensPerTurn } from '../wires/read-prompt-text.ts'

/** A prompt in Anthropic's format whose tokens are asked for. */
export interface CountablePrompt {
  readonly model: string
  /** Its body for Anthropic, with Anthropic's own name of the model. */
  bodyFor(upstreamModel: string): Promise<string | Buffer>
  /** Its tokens, counted here; about as many where that would take too long. */
  count(): Promise<number>
}

/**
 * Reads the body of `/v1/messages/count_tokens`. Nobody pays for it, so a large one is parsed by a worker, once its model
 * has been found to be one that may be asked.
 * @throws AppError `invalid_request` as `/v1/messages` would, 503 `overloaded` when the workers have too much to do.
 */
export function readCountablePrompt(counter: Counter, body: RequestBody): CountablePrompt {
  return body.isLarge ? readLarge(counter, body) : readSmall(counter, body)
}

function readSmall(counter: Counter, body: RequestBody): CountablePrompt {
  const object = body.takeObject()
  // Counting takes the same body as asking, but no limit.
  const { model } = anthropicMessages.parseRequest({ max_tokens: 1, ...object })
  return {
    model,
    // Nothing is generated, so nobody has to be told who asks.
    bodyFor: async (upstreamModel) => JSON.stringify({ ...object, metadata: undefined, model: upstreamModel }),
    async count() {
      const { text, turns } = readPromptText(object)
      const tokens = await counter.countText(text)
      return tokens === null ? Math.ceil(Buffer.byteLength(text) / bytesPerToken) : tokens + turns * tokensPerTurn
    },
  }
}

/** English has about four bytes a token, and what is around the text is not counted at all: this is on the high side. */
const bytesPerToken = 2.25

type Prompt = Extract<ReadPrompt, { kind: 'prompt' }>

function readLarge(counter: Counter, body: RequestBody): CountablePrompt {
  const model = body.peek('model')
  if (typeof model !== 'string') throw new AppError('invalid_request', 'model: expected a string.', { param: 'model' })
  let bytes: Uint8Array = body.take()
  const read = async (isCounted: boolean): Promise<Prompt | null> => {
    const prompt = await counter.readPrompt(bytes, isCounted)
    if (prompt?.kind === 'refused') throw refused(prompt)
    // The name is replaced where it stands; the parser may have found another one, under a name with escapes in it.
    if (prompt !== null && prompt.model !== model)
      throw new AppError('invalid_request', 'model: expected once, and its name without escapes.', { param: 'model' })
    bytes = prompt?.body ?? Buffer.alloc(0)
    return prompt
  }
  return {
    model,
    async bodyFor(upstreamModel) {
      const prompt = await read(false)
      if (prompt === null) throw tooBusy()
      const whole = Buffer.from(prompt.body.buffer, prompt.body.byteOffset, prompt.body.length)
      return upstreamModel === model ? whole : withModel(whole, body.structure.model, upstreamModel)
    },
    async count() {
      const prompt = await read(true)
      return prompt?.tokens ?? Math.ceil(body.length / bytesPerToken)
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
