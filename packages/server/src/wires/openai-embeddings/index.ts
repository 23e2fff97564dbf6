import { formatError } from '../../http/error-dialect.ts'
import type { Model } from '../../pricing/catalogue.ts'
import { ignoredBetas } from '../betas.ts'
import { buildUpstreamHeaders } from '../openai-chat/build-upstream-request.ts'
import { openaiBetas } from '../openai-chat/classified-betas.ts'
import type { ParsedRequest, UpstreamBody, Wire } from '../wire.ts'
import { parseRequest } from './parse-request.ts'
import { readUsage } from './read-usage.ts'

/** OpenAI's Embeddings: a prompt is billed, and nothing is generated. */
export const openaiEmbeddings: Wire = {
  endpoint: 'embeddings',
  dialect: 'openai',
  kind: 'embedding',
  ignoredBetas: (headers) => ignoredBetas(headers, 'openai-beta', openaiBetas),
  parseRequest,
  prepare: (request, { model, endUser }) => ({
    upstreamPath: '/embeddings',
    upstreamFormat: 'embeddings',
    documentUrls: [],
    buildUpstreamBody: () => buildUpstreamBody(request, model, endUser),
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
    editor: null,
  }),
  formatStreamError: (error, requestId) => `data: ${JSON.stringify(formatError(error, 'openai', requestId))}\n\n`,
  memory: null,
  bringFiles: (body) => body,
  ping: '',
}

/** The field is called `user` here at OpenAI too. */
function buildUpstreamBody(request: ParsedRequest, model: Model, endUser: string): UpstreamBody {
  const { user: _user, ...body } = request.body
  const endUserField = model.provider === 'openai' ? { user: endUser } : {}
  return { ...body, ...endUserField, model: model.upstreamId }
}
