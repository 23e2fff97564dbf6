import { formatError } from '../../http/error-dialect.ts'
import { anthropicUpstream } from '../anthropic-messages/upstream.ts'
import { ignoredBetas } from '../betas.ts'
import { buildUpstreamHeaders } from '../openai-chat/build-upstream-request.ts'
import { openaiBetas } from '../openai-chat/classified-betas.ts'
import { openaiChatUpstream } from '../openai-chat/upstream.ts'
import { type ClientFormat, prepareTranslated, type ToldAbout } from '../translate.ts'
import type { Wire } from '../wire.ts'
import { buildUpstreamBody } from './build-upstream-request.ts'
import { createMeter } from './create-meter.ts'
import { createEditor } from './edit-answer.ts'
import { bringFiles } from './file-parts.ts'
import { responsesMemory } from './memory.ts'
import { parseRequest } from './parse-request.ts'
import { readOutputText } from './read-output-text.ts'
import { readPrompt } from './read-prompt.ts'
import { readUsage } from './read-usage.ts'
import { refuseDearSearch } from './refuse-dear-search.ts'
import { type ResponseContext, writeAnswer } from './write-answer.ts'
import { createWriter } from './write-stream.ts'

const contextOf = (told: ToldAbout): ResponseContext => ({ ...told, body: told.request.body })

const client: ClientFormat = {
  readPrompt,
  writeAnswer: (answer, told) => writeAnswer(answer, contextOf(told)),
  createWriter: (told) => createWriter(contextOf(told)),
}

/** OpenAI's Responses. What it keeps is kept here, whichever model answers. OpenAI and xAI speak it themselves; Google only speaks Chat Completions. */
export const openaiResponses: Wire = {
  endpoint: 'responses',
  dialect: 'openai',
  kind: 'language',
  ignoredBetas: (headers) => ignoredBetas(headers, 'openai-beta', openaiBetas),
  parseRequest,
  prepare(request, context) {
    const { provider } = context.model
    if (provider === 'anthropic') return prepareTranslated(client, anthropicUpstream, request, context)
    if (provider === 'google') return prepareTranslated(client, openaiChatUpstream, request, context)
    refuseDearSearch(request, context.model)
    const editor = context.keeping === null ? null : createEditor(context.keeping)
    return {
      upstreamPath: '/responses',
      upstreamFormat: 'responses',
      documentUrls: [],
      buildUpstreamBody: (maxTokens) => buildUpstreamBody(request, context, maxTokens),
      buildUpstreamHeaders,
      readUsage,
      readOutputText,
      createMeter: () => createMeter(context.keeping, editor),
      translation: null,
      editor,
    }
  },
  formatStreamError(error, requestId) {
    const { message, type: code } = formatError(error, 'openai', requestId).error
    return `event: error\ndata: ${JSON.stringify({ type: 'error', code, message, param: null, request_id: requestId })}\n\n`
  },
  memory: responsesMemory,
  bringFiles,
  ping: ': ping\n\n',
}
