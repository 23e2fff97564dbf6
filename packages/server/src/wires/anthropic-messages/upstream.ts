import type { UpstreamFormat } from '../translate.ts'
import type { ParsedRequest, PrepareContext, PreparedCall } from '../wire.ts'
import { buildUpstreamBody, buildUpstreamHeaders } from './build-upstream-request.ts'
import { createMeter } from './create-meter.ts'
import { streamFormatToolAsText, takeFormatToolForText } from './format-tool.ts'
import { readAnswer } from './read-answer.ts'
import { readOutputText } from './read-output-text.ts'
import { createReader } from './read-stream.ts'
import { readUsage } from './read-usage.ts'
import { writePrompt } from './write-prompt.ts'

const metered = {
  upstreamPath: '/v1/messages',
  upstreamFormat: 'messages',
  buildUpstreamHeaders,
  readUsage,
  readOutputText,
  createMeter,
} as const

/** Anthropic as it is asked on behalf of a client that speaks another format. */
export const anthropicUpstream: UpstreamFormat = {
  ...metered,
  canSearchWeb: true,
  takesDocumentUrls: true,
  writePrompt: (prompt, to) => ({ ...writePrompt(prompt, to) }),
  readAnswer(body) {
    const answer = readAnswer(body)
    return answer === null ? null : takeFormatToolForText(answer)
  },
  createReader: () => streamFormatToolAsText(createReader()),
}

/** The same family: the body passes through. */
export function prepareMessages(request: ParsedRequest, to: PrepareContext): PreparedCall {
  return {
    ...metered,
    documentUrls: [],
    buildUpstreamBody: (maxTokens) => buildUpstreamBody(request, to, maxTokens),
    translation: null,
    editor: null,
  }
}
