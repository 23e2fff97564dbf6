import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import express, { type NextFunction, type Request, type Response } from 'express'
import { answerAnthropicMessages, countAnthropicTokens } from './anthropic-messages.ts'
import type { ProviderCall, ProviderControl, ProviderState } from './call-record.ts'
import { readDirectives } from './directives.ts'
import { answerOpenaiChat, lastUserText } from './openai-chat.ts'

export interface ProvidersDeps {
  readonly state: ProviderState
  readonly control: ProviderControl
  readonly apiKey: string
}

type Answer = (request: Request, response: Response, call: ProviderCall) => Promise<void>

/** The providers' APIs, one path each. */
export function createProvidersServer(deps: ProvidersDeps) {
  const app = express()
  app.disable('x-powered-by')
  app.use(express.json({ limit: '64mb' }))
  app.post('/anthropic/v1/messages', serve(deps, 'anthropic', answerAnthropicMessages))
  app.post('/anthropic/v1/messages/count_tokens', countAnthropicTokens)
  for (const [provider, base] of [
    ['openai', '/openai/v1'],
    ['google', '/gemini/v1beta/openai'],
    ['xai', '/xai/v1'],
  ] as const) {
    app.post(`${base}/chat/completions`, serve(deps, provider, answerOpenaiChat))
  }
  app.get('/_sandbox/calls', async (_request, response) => void response.json(await deps.control.calls()))
  app.post('/_sandbox/control', async (request, response) => {
    const { method, args } = request.body as { method: keyof ProviderControl; args: unknown[] }
    const call = deps.control[method] as ((...args: unknown[]) => Promise<unknown>) | undefined
    if (call === undefined) return void response.status(404).json({ error: `no control ${method}` })
    response.json({ result: (await call(...(args ?? []))) ?? null })
  })
  app.use(
    (_request, response) =>
      void response.status(404).json({ error: { message: 'Not found', type: 'not_found_error' } }),
  )
  app.use((error: { status?: number }, _request: Request, response: Response, _next: NextFunction) => {
    response
      .status(error.status ?? 500)
      .json({ error: { message: 'The request could not be read.', type: 'invalid_request_error' } })
  })
  return app
}

function serve(deps: ProvidersDeps, provider: string, answer: Answer) {
  return async (request: Request, response: Response) => {
    const call = recordCall(deps.state, provider, request)
    response.once('close', () => {
      call.status = response.statusCode
    })
    const directives = readDirectives(lastUserText((request.body as { messages?: unknown } | undefined)?.messages))
    if (directives.firstByteDelayMs > 0) await wait(directives.firstByteDelayMs)
    if (directives.isHanging) return
    const failure = plannedFailure(deps, call) ?? directives.status
    if (failure === 'drop') return void request.socket.destroy()
    if (failure !== null) return answerFailure(response, provider, failure, directives.retryAfter)
    await answer(request, response, call)
  }
}

function recordCall(state: ProviderState, provider: string, request: Request): ProviderCall {
  const call: ProviderCall = {
    id: randomBytes(9).toString('hex'),
    provider,
    path: request.path,
    model: String((request.body as { model?: unknown } | undefined)?.model ?? ''),
    apiKey: (request.get('authorization') ?? '').replace(/^Bearer /, '') || (request.get('x-api-key') ?? ''),
    headers: { ...request.headers },
    body: request.body,
    status: 0,
    isAborted: false,
    inputTokens: 0,
    outputTokens: 0,
    reported: null,
    isFinished: false,
  }
  state.calls.push(call)
  return call
}

function plannedFailure(deps: ProvidersDeps, call: ProviderCall): number | 'drop' | null {
  const { state } = deps
  if (state.failure.count > 0) {
    state.failure.count -= 1
    return state.failure.how
  }
  const failing = state.failingKeys.get(call.apiKey)
  if (failing !== undefined) return failing
  const isKnown =
    call.apiKey === deps.apiKey || call.apiKey.startsWith(`${deps.apiKey}-`) || call.apiKey.startsWith('sandbox-user-')
  return isKnown ? null : 401
}

const anthropicTypes: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  529: 'overloaded_error',
}

function answerFailure(response: Response, provider: string, status: number, retryAfter: string | null): void {
  if (retryAfter !== null) response.set('retry-after', retryAfter)
  const message = `The stand-in answers ${status} as it was told.`
  response.status(status).json(
    provider === 'anthropic'
      ? { type: 'error', error: { type: anthropicTypes[status] ?? 'api_error', message } }
      : {
          error: {
            message,
            type: status === 429 ? 'rate_limit_exceeded' : 'invalid_request_error',
            param: null,
            code: null,
          },
        },
  )
}
