import { formatError } from '../../http/error-dialect.ts'
import { ignoredBetas } from '../betas.ts'
import { openaiChatUpstream } from '../openai-chat/upstream.ts'
import { type ClientFormat, prepareTranslated } from '../translate.ts'
import type { Wire } from '../wire.ts'
import { betas } from './classified-betas.ts'
import { bringFiles } from './file-parts.ts'
import { parseRequest } from './parse-request.ts'
import { readPrompt } from './read-prompt.ts'
import { prepareMessages } from './upstream.ts'
import { writeAnswer } from './write-answer.ts'
import { createWriter } from './write-stream.ts'

const client: ClientFormat = {
  readPrompt,
  writeAnswer,
  createWriter: ({ inputTokens }) => createWriter(inputTokens),
}

/** Anthropic's Messages. */
export const anthropicMessages: Wire = {
  endpoint: 'messages',
  dialect: 'anthropic',
  kind: 'language',
  ignoredBetas: (headers) => ignoredBetas(headers, 'anthropic-beta', betas),
  parseRequest,
  prepare: (request, context) =>
    context.model.provider === 'anthropic'
      ? prepareMessages(request, context)
      : prepareTranslated(client, openaiChatUpstream, request, context),
  formatStreamError: (error, requestId) =>
    `event: error\ndata: ${JSON.stringify(formatError(error, 'anthropic', requestId))}\n\n`,
  memory: null,
  bringFiles,
  ping: 'event: ping\ndata: {"type":"ping"}\n\n',
}
