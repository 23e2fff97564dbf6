import type { Row } from '../store/schema.ts'
import { positionOf } from './batch-ids.ts'

/** Lines of results under the ids that the client gave its requests, once each. */
export async function* renamed(
  batch: Row<'batches'>,
  names: ReadonlyMap<number, string>,
  lines: AsyncIterable<string>,
): AsyncGenerator<string> {
  const seen = new Set<number>()
  for await (const text of lines) {
    const line: unknown = JSON.parse(text)
    if (typeof line !== 'object' || line === null || !('custom_id' in line)) continue
    const position = positionOf(batch.id, line.custom_id)
    const name = position === null ? undefined : names.get(position)
    if (position === null || name === undefined || seen.has(position)) continue
    seen.add(position)
    yield `${JSON.stringify({ ...line, custom_id: name })}\n`
  }
}
