import { type Fields, fieldsOf, isFields, listOf, textOf } from '../../json.ts'
import type { CacheLife, Segment } from '../prompt-cache.ts'
import { textIn } from '../request-text.ts'
import { countTokens } from '../tokens.ts'

/** What a provider charges for a picture or a document depends on its size; here it is always this. */
export const imageTokens = 1500
export const documentTokens = 3000
const turnTokens = 3

/** A prompt in the order in which the cache sees it: tools, system, messages. */
export function readPrompt(body: Fields): readonly Segment[] {
  const segments = [
    ...listOf(body.tools).map((tool) => segmentOf(tool, countTokens(JSON.stringify(withoutMark(tool))))),
    ...blocksOf(body.system).map((block) => segmentOf(block, tokensOf(block))),
    ...listOf(body.messages).flatMap(turnSegments),
  ]
  const format = fieldsOf(fieldsOf(body.output_config).format).schema
  if (format !== undefined) segments.unshift(segmentOf(format, countTokens(JSON.stringify(format))))
  return markWhole(segments, body.cache_control)
}

/** Every block of a turn is a part of its own; the turn itself costs a little. */
function turnSegments(message: unknown): readonly Segment[] {
  const { role, content } = fieldsOf(message)
  return blocksOf(content).map((block, index) => ({
    ...segmentOf([role, withoutMark(block)], tokensOf(block) + (index === 0 ? turnTokens : 0)),
    cacheLife: cacheLifeOf(block),
  }))
}

function segmentOf(block: unknown, tokens: number): Segment {
  return { content: JSON.stringify(withoutMark(block)), tokens, cacheLife: cacheLifeOf(block) }
}

/** A mark on the whole request marks its last part. */
function markWhole(segments: readonly Segment[], mark: unknown): readonly Segment[] {
  const life = cacheLifeOf({ cache_control: mark })
  const last = segments.at(-1)
  if (life === undefined || last === undefined || last.cacheLife !== undefined) return segments
  return [...segments.slice(0, -1), { ...last, cacheLife: life }]
}

function cacheLifeOf(block: unknown): CacheLife | undefined {
  const mark = fieldsOf(block).cache_control
  if (!isFields(mark)) return undefined
  return mark.ttl === '1h' ? '1h' : '5m'
}

/** Marks may move from turn to turn: they are no part of what is cached. */
function withoutMark(block: unknown): unknown {
  if (!isFields(block)) return block
  const { cache_control: _, ...rest } = block
  return rest
}

function tokensOf(block: unknown): number {
  switch (fieldsOf(block).type) {
    case 'image':
      return imageTokens
    case 'document':
      return documentTokens
    case 'tool_result':
      return blocksOf(fieldsOf(block).content).reduce<number>((sum, part) => sum + tokensOf(part), turnTokens)
    default:
      return countTokens(textIn(block))
  }
}

/** Text alone is one block. */
export function blocksOf(content: unknown): readonly unknown[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : listOf(content)
}

export function blockType(block: unknown): string {
  return textOf(fieldsOf(block).type) ?? ''
}
