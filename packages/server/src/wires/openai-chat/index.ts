import { formatError } from '../../http/error-dialect.ts'
import type { Wire } from '../wire.ts'
import { buildUpstreamBody, buildUpstreamHeaders } from './build-upstream-request.ts'
import { createMeter } from './create-meter.ts'
import { parseRequest } from './parse-request.ts'
import { readOutputText } from './read-output-text.ts'
import { readUsage } from './read-usage.ts'

/** OpenAI's Chat Completions, which OpenAI, Google and xAI speak. */
export const openaiChat: Wire = {
  endpoint: 'chat_completions',
  dialect: 'openai',
  providers: ['openai', 'google', 'xai'],
  upstreamPath: '/chat/completions',
  parseRequest,
  buildUpstreamBody,
  buildUpstreamHeaders,
  readUsage,
  readOutputText,
  createMeter,
  formatStreamError: (error, requestId) => `data: ${JSON.stringify(formatError(error, 'openai', requestId))}\n\n`,
}
