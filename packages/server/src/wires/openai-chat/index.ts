import { formatError } from '../../http/error-dialect.ts'
import { anthropicUpstream } from '../anthropic-messages/upstream.ts'
import { ignoredBetas } from '../betas.ts'
import { type ClientFormat, prepareTranslated } from '../translate.ts'
import type { Wire } from '../wire.ts'
import { openaiBetas } from './classified-betas.ts'
import { bringFiles } from './file-parts.ts'
import { parseRequest } from './parse-request.ts'
import { readPrompt } from './read-prompt.ts'
import { prepareChat } from './upstream.ts'
import { writeAnswer } from './write-answer.ts'
import { createWriter } from './write-stream.ts'

const client: ClientFormat = {
  readPrompt,
  writeAnswer: (answer, { createdSeconds }) => writeAnswer(answer, createdSeconds),
  createWriter: ({ createdSeconds, request }) => createWriter({ createdSeconds, wantsUsage: request.wantsUsageChunk }),
}

/** OpenAI's Chat Completions, which OpenAI, Google and xAI speak. */
export const openaiChat: Wire = {
  endpoint: 'chat_completions',
  dialect: 'openai',
  kind: 'language',
  ignoredBetas: (headers) => ignoredBetas(headers, 'openai-beta', openaiBetas),
  parseRequest,
  prepare: (request, context) =>
    context.model.provider === 'anthropic'
      ? prepareTranslated(client, anthropicUpstream, request, context)
      : prepareChat(request, context),
  formatStreamError: (error, requestId) => `data: ${JSON.stringify(formatError(error, 'openai', requestId))}\n\n`,
  memory: null,
  bringFiles,
  ping: ': ping\n\n',
}
