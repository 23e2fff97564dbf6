import type { AppError } from '../kernel/app-error.ts'
import type { ModelProvider } from '../pricing/catalogue.ts'
import type { SimulatedError } from './directives.ts'

/** A provider's answer that is none, in the words of its family. */
export interface ProviderRefusal {
  readonly status: number
  readonly body: object
  readonly retryAfterSeconds: number | null
}

type RefusalName = Exclude<SimulatedError, 'timeout'>

/** By kind: the status at Anthropic and at the others, what each calls it, and what it says. */
const refusals: Readonly<
  Record<RefusalName, readonly [anthropic: number, openai: number, type: string, message: string]>
> = {
  overloaded: [529, 503, 'overloaded_error', 'Overloaded'],
  rate_limited: [429, 429, 'rate_limit_error', 'Rate limit reached for requests.'],
  server_error: [500, 500, 'api_error', 'The server had an error while processing your request.'],
  invalid_request: [400, 400, 'invalid_request_error', 'The request is invalid, as simulate:error asked for.'],
  context_length: [
    400,
    400,
    'invalid_request_error',
    'prompt is too long: it exceeds the context window of this model.',
  ],
}
const retryAfterSeconds = 2

export function refusalOf(provider: ModelProvider, name: RefusalName, id: string): ProviderRefusal {
  const [anthropic, openai, type, message] = refusals[name]
  const isAnthropic = provider === 'anthropic'
  const code = name === 'context_length' ? 'context_length_exceeded' : null
  return {
    status: isAnthropic ? anthropic : openai,
    body: isAnthropic
      ? { type: 'error', error: { type, message }, request_id: id }
      : { error: { message, type, param: null, code } },
    retryAfterSeconds: name === 'rate_limited' ? retryAfterSeconds : null,
  }
}

/** What the simulated model itself has to say of a request. */
export function refusalBy(error: AppError, provider: ModelProvider, id: string): ProviderRefusal {
  const { message } = error
  const type = error.status < 500 ? 'invalid_request_error' : 'overloaded_error'
  return {
    status: error.status,
    body:
      provider === 'anthropic'
        ? { type: 'error', error: { type, message }, request_id: id }
        : { error: { message, type, param: null, code: null } },
    retryAfterSeconds: null,
  }
}
