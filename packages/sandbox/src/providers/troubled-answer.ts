import type { Exchange } from './exchange.ts'
import type { ProviderFailure } from './provider-control.ts'
import { ProviderProblem } from './provider-problem.ts'
import { cut } from './stream-out.ts'

/** What was asked for has been done, and nobody is told. */
export async function answerLost({ response, call }: Exchange): Promise<void> {
  await cut(response, call)
}

/** @returns whether the upload fails without an answer. @throws ProviderProblem where it fails with one. */
export function failUpload(exchange: Exchange): boolean {
  return failAs(exchange, exchange.shelf.troubles().failure)
}

export function failAs({ response, call }: Exchange, failure: ProviderFailure | null): boolean {
  if (failure === null) return false
  if (failure === 'drop') {
    call.isCut = true
    response.socket?.destroy()
  }
  if (typeof failure === 'number') throw new ProviderProblem(failure, `The stand-in answers ${failure} as it was told.`)
  return true
}
