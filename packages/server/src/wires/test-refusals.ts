import { AppError } from '../kernel/app-error.ts'

export type Body = Record<string, unknown>

export type Outcome =
  | { readonly message: string; readonly param: string | null; readonly code: string | null }
  | 'passes'

/** What a caller with this body is told. */
export function outcomeOf(parse: (body: Body) => unknown, body: Body): Outcome {
  try {
    parse(body)
    return 'passes'
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { message: error.message, param: error.param, code: error.wireCode }
  }
}
