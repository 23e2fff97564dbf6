import { AppError } from '../kernel/app-error.ts'

/** The last entry seen of a list that is ordered by time, newest first: what is added meanwhile moves nothing. */
export interface ListCursor {
  readonly atMs: number
  readonly id: string
}

export function encodeCursor({ atMs, id }: ListCursor): string {
  return Buffer.from(JSON.stringify([atMs, id])).toString('base64url')
}

/** @throws AppError `invalid_request` naming `after`. */
export function decodeCursor(text: string | undefined): ListCursor | null {
  if (text === undefined) return null
  const [atMs, id] = parseList(text)
  if (typeof atMs === 'number' && Number.isSafeInteger(atMs) && typeof id === 'string' && /^[\w-]{1,300}$/.test(id))
    return { atMs, id }
  throw new AppError('invalid_request', 'after: expected the `next` of an earlier page.', { param: 'after' })
}

/** One page of what was asked for with one entry more than the page has. */
export function pageOf<Row, Entry>(
  rows: readonly Row[],
  limit: number,
  of: { readonly cursor: (row: Row) => ListCursor; readonly entry: (row: Row) => Entry },
) {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const hasMore = rows.length > limit
  return {
    data: shown.map(of.entry),
    has_more: hasMore,
    next: hasMore && last !== undefined ? encodeCursor(of.cursor(last)) : null,
  }
}

function parseList(text: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    return Array.isArray(parsed) ? parsed : []
  } catch {
    return []
  }
}
