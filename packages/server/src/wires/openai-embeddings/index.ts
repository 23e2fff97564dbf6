import { formatError } from '../../http/error-dialect.ts'
import { buildUpstreamHeaders } from '../openai-chat/build-upstream-request.ts'
import type { Wire } from '../wire.ts'
import { parseRequest } from './parse-request.ts'
import { readUsage } from './read-usage.ts'

/** OpenAI's Embeddings: a prompt is billed, and nothing is generated. */
export const openaiEmbeddings: Wire = {
  endpoint: 'embeddings',
  dialect: 'openai',
  kind: 'embedding',
  parseRequest,
  prepare: (request, { model }) => ({
    upstreamPath: '/embeddings',
    upstreamFormat: 'embeddings',
    documentUrls: [],
    buildUpstreamBody: () => ({ ...request.body, model: model.upstreamId }),
    buildUpstreamHeaders,
    readUsage,
    readOutputText: () => '',
    createMeter: () => ({
      observe: () => 'pass',
      reported: {},
      isUsageFinal: false,
      outputText: () => '',
      outputBytes: 0,
      cutShort: () => '',
    }),
    translation: null,
  }),
  formatStreamError: (error, requestId) => `data: ${JSON.stringify(formatError(error, 'openai', requestId))}\n\n`,
  ping: '',
}
