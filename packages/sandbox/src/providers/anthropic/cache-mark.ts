import { fieldsOf, isFields } from '../../json.ts'
import type { CacheLife } from '../prompt-cache.ts'

/** How long what is marked is to be cached. */
export function cacheLifeOf(block: unknown): CacheLife | undefined {
  const mark = fieldsOf(block).cache_control
  if (!isFields(mark)) return undefined
  return mark.ttl === '1h' ? '1h' : '5m'
}

/** Marks may move from turn to turn: they are no part of what is cached. */
export function withoutMark(block: unknown): unknown {
  if (!isFields(block)) return block
  const { cache_control: _, ...rest } = block
  return rest
}
