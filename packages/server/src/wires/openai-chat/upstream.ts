import type { UpstreamFormat } from '../translate.ts'
import type { ParsedRequest, PrepareContext, PreparedCall } from '../wire.ts'
import { buildUpstreamBody, buildUpstreamHeaders } from './build-upstream-request.ts'
import { createMeter } from './create-meter.ts'
import { readAnswer } from './read-answer.ts'
import { readOutputText } from './read-output-text.ts'
import { createReader } from './read-stream.ts'
import { readUsage } from './read-usage.ts'
import { writePrompt } from './write-prompt.ts'

const metered = {
  upstreamPath: '/chat/completions',
  upstreamFormat: 'chat',
  buildUpstreamHeaders,
  readUsage,
  readOutputText,
} as const

/** OpenAI, Google and xAI as they are asked on behalf of a client that speaks another format. */
export const openaiChatUpstream: UpstreamFormat = {
  ...metered,
  canSearchWeb: false,
  takesDocumentUrls: false,
  writePrompt: (prompt, to) => ({ ...writePrompt(prompt, to) }),
  readAnswer,
  createReader,
  createMeter,
}

/** The same family: the body passes through. */
export function prepareChat(request: ParsedRequest, to: PrepareContext): PreparedCall {
  return {
    ...metered,
    documentUrls: [],
    buildUpstreamBody: (maxTokens) => buildUpstreamBody(request, to, maxTokens),
    createMeter: () => createMeter(request),
    translation: null,
    editor: null,
  }
}
