import type { IncomingMessage } from 'node:http'
import type { ApiErrorBody } from '@opencredits/protocol'
import type { AppError } from '../kernel/app-error.ts'

export type ErrorDialect = 'openai' | 'anthropic'

/**
 * Endpoints in Anthropic's format answer errors in Anthropic's dialect, all others in OpenAI's (contract §3, Errors). Both
 * have files at one path: there `anthropic-version` says who asks.
 */
export function dialectOf({ url, headers }: Pick<IncomingMessage, 'url' | 'headers'>): ErrorDialect {
  const [, name] = /^\/(?:v1\/)*(messages|files)(?:[/?]|$)/i.exec(url ?? '/') ?? []
  if (name?.toLowerCase() === 'files') return headers['anthropic-version'] === undefined ? 'openai' : 'anthropic'
  return name === undefined ? 'openai' : 'anthropic'
}

interface AnthropicErrorBody {
  readonly type: 'error'
  readonly error: {
    readonly type: string
    readonly message: string
    readonly details?: { readonly error_code: string }
    readonly needed?: number
    readonly available?: number
  }
  readonly request_id: string
}

/** The one place that formats an error for a caller. */
export function formatError(
  error: AppError,
  dialect: ErrorDialect,
  requestId: string,
): ApiErrorBody | AnthropicErrorBody {
  if (dialect === 'anthropic') {
    const details = error.wireCode === null ? {} : { details: { error_code: error.wireCode } }
    return {
      type: 'error',
      error: { type: error.code, message: error.message, ...details, ...error.funds },
      request_id: requestId,
    }
  }
  return {
    error: {
      message: error.message,
      type: error.code,
      param: error.param,
      code: String(error.status),
      ...error.funds,
      request_id: requestId,
    },
  }
}
