import type { Request, Response } from 'express'
import { fieldsOf } from '../json.ts'
import { type ProviderCall, recordRequest } from './call-record.ts'
import { type Directives, readDirectives } from './directives.ts'
import type { AnswerCall, Asked } from './exchange.ts'
import type { PromptCache } from './prompt-cache.ts'
import { type ProviderFailure, type ProviderState, takeFailure } from './provider-control.ts'
import { type ProviderName, ProviderProblem, problemBody } from './provider-problem.ts'
import { lastUserText } from './request-text.ts'
import { pause } from './stream-out.ts'

export interface ServeDeps {
  readonly state: ProviderState
  readonly cache: PromptCache
  readonly apiKey: string
}

const userKeyPrefix = 'sandbox-user-'

/** Answers one endpoint of a provider: recorded, then refused, failed or answered. */
export function serveCall(deps: ServeDeps, provider: ProviderName, answer: AnswerCall) {
  return serve(deps, answer, (request) => keepRecord(deps.state, recordRequest(provider, request, Date.now())))
}

/** The same for what is not billed by itself, files and batches: the record of calls has nothing of it. */
export function serveKept(deps: ServeDeps, provider: ProviderName, answer: AnswerCall) {
  return serve(deps, answer, (request) => recordRequest(provider, request, Date.now()))
}

function serve(deps: ServeDeps, answer: AnswerCall, record: (request: Request) => ProviderCall) {
  return async (request: Request, response: Response): Promise<void> => {
    const call = record(request)
    const { provider } = call
    const gone = watch(response, call)
    response.set(headersOf(provider, call))
    const body = fieldsOf(request.body)
    const directives = readDirectives(lastUserText(body))
    const failure = takeFailure(deps.state, call.apiKey)
    if (failure !== null) return fail(response, call, { failure, directives })
    try {
      checkKey(deps.apiKey, provider, call.apiKey)
      const { pace, counting } = deps.state
      await pause(directives.firstByteDelayMs > 0 ? directives.firstByteDelayMs : pace.firstByteDelayMs, gone)
      if (directives.isHanging || gone.aborted) return
      if (directives.status !== null) return fail(response, call, { failure: directives.status, directives })
      const { cache, state } = deps
      const header = (name: string) => request.get(name)
      const asked: Asked = { call, body, header, directives, cache, shelf: state.shelf, serviceTier: 'standard' }
      await answer({ ...asked, request, response, pace, counting, gone })
    } catch (error) {
      if (!(error instanceof ProviderProblem)) throw error
      response.status(error.status).json(problemBody(provider, error, call.id))
    }
  }
}

function keepRecord(state: ProviderState, call: ProviderCall): ProviderCall {
  state.calls.push(call)
  if (state.calls.length > state.callsMax) state.calls.shift()
  return call
}

/** @returns a signal that fires when the caller leaves before the end. */
function watch(response: Response, call: ProviderCall): AbortSignal {
  const leaving = new AbortController()
  response.once('close', () => {
    call.status = response.headersSent ? response.statusCode : 0
    call.endedAtMs = Date.now()
    call.isAborted = !response.writableFinished && !call.isCut
    if (!response.writableFinished) leaving.abort()
  })
  return leaving.signal
}

function fail(
  response: Response,
  call: ProviderCall,
  { failure, directives }: { readonly failure: ProviderFailure; readonly directives: Directives },
): void {
  if (failure === 'hang') return
  if (failure === 'drop') {
    call.isCut = true
    response.socket?.destroy()
    return
  }
  if (directives.retryAfter !== null) response.set('retry-after', directives.retryAfter)
  const problem = new ProviderProblem(failure, `The stand-in answers ${failure} as it was told.`)
  response.status(failure).json(problemBody(call.provider, problem, call.id))
}

/** The sandbox's key, or several that begin like it; Anthropic also takes those of users. */
function checkKey(apiKey: string, provider: ProviderName, key: string): void {
  const isOurs = key === apiKey || key.startsWith(`${apiKey}-`)
  if (isOurs || (provider === 'anthropic' && key.startsWith(userKeyPrefix))) return
  const message =
    provider === 'anthropic'
      ? key === ''
        ? 'x-api-key header is required'
        : 'invalid x-api-key'
      : key === ''
        ? "You didn't provide an API key."
        : `Incorrect API key provided: ${key.slice(0, 8)}***.`
  throw new ProviderProblem(401, message)
}

/** Headers that a gateway must not pass on as its own. */
function headersOf(provider: ProviderName, call: ProviderCall): Readonly<Record<string, string>> {
  switch (provider) {
    case 'anthropic':
      return {
        'request-id': `req_${call.id}`,
        'anthropic-organization-id': '00000000-0000-4000-8000-000000000000',
        'anthropic-ratelimit-requests-limit': '4000',
        'anthropic-ratelimit-requests-remaining': '3999',
      }
    case 'openai':
      return {
        'x-request-id': `req_${call.id}`,
        'openai-organization': 'sandbox-organization',
        'openai-version': '2020-10-01',
        'openai-processing-ms': '1',
        'x-ratelimit-limit-requests': '10000',
        'x-ratelimit-remaining-requests': '9999',
      }
    case 'google':
      return { server: 'scaffolding on HTTPServer2' }
    case 'xai':
      return { 'x-request-id': call.id }
  }
}
