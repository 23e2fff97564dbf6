import { formatError } from '../../http/error-dialect.ts'
import type { Wire } from '../wire.ts'
import { buildUpstreamBody, buildUpstreamHeaders } from './build-upstream-request.ts'
import { createMeter } from './create-meter.ts'
import { parseRequest } from './parse-request.ts'
import { readOutputText } from './read-output-text.ts'
import { readUsage } from './read-usage.ts'

/** Anthropic's Messages. */
export const anthropicMessages: Wire = {
  endpoint: 'messages',
  dialect: 'anthropic',
  providers: ['anthropic'],
  upstreamPath: '/v1/messages',
  parseRequest,
  buildUpstreamBody,
  buildUpstreamHeaders,
  readUsage,
  readOutputText,
  createMeter,
  formatStreamError: (error, requestId) =>
    `event: error\ndata: ${JSON.stringify(formatError(error, 'anthropic', requestId))}\n\n`,
}
