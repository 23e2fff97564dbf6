import { parseJsonObject } from '../http/request-body.ts'
import { AppError } from '../kernel/app-error.ts'
import { anthropicMessages } from '../wires/anthropic-messages/index.ts'
import { readPromptText, tokensPerTurn } from '../wires/read-prompt-text.ts'
import { countText } from './count-text.ts'
import type { ReadPrompt } from './counter.ts'

/** Checks a body as a request to `/v1/messages` is checked, and counts its tokens if that is asked. */
export function readPrompt(body: Uint8Array<ArrayBuffer>, isCounted: boolean): ReadPrompt {
  try {
    const object = parseJsonObject(Buffer.from(body.buffer, body.byteOffset, body.byteLength))
    // Counting takes the same body as asking, but no limit.
    const { model, furtherRuns } = anthropicMessages.parseRequest({ max_tokens: 1, ...object })
    const tellsWhoAsks = object.metadata !== undefined
    return { kind: 'prompt', body, model, furtherRuns, tellsWhoAsks, tokens: isCounted ? countPrompt(object) : null }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { kind: 'refused', message: error.message, param: error.param, wireCode: error.wireCode }
  }
}

function countPrompt(object: Readonly<Record<string, unknown>>): number {
  const { text, turns } = readPromptText(object)
  return countText(text) + turns * tokensPerTurn
}
