import { AppError } from '../kernel/app-error.ts'

/** Writes the place in a list as the `next` of a page. */
export function encodePlace(place: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/** Reads what a client sent as `after`; [] for a text that is none of ours. */
export function decodePlace(text: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    return Array.isArray(parsed) ? parsed : []
  } catch {
    return []
  }
}

export function wrongPlace(): AppError {
  return new AppError('invalid_request', 'after: expected the `next` of an earlier page.', { param: 'after' })
}
