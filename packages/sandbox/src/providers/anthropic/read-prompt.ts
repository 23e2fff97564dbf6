import { type Fields, fieldsOf, listOf, textOf } from '../../json.ts'
import type { Measure } from '../measure/create-measure.ts'
import type { CacheLife, Segment } from '../prompt-cache.ts'
import { textIn } from '../request-text.ts'
import { cacheLifeOf, withoutMark } from './cache-mark.ts'
import { toolsPromptTokens, toolTokens } from './tool-tokens.ts'

const turnTokens = 3

/** A prompt in the order in which the cache sees it: tools, system, messages. */
export function readPrompt(body: Fields, measure: Measure): readonly Segment[] {
  const tools = listOf(body.tools)
  const segments = [
    ...tools.map((tool, index) =>
      segmentOf(tool, toolTokens(tool, measure) + (index === 0 ? toolsPromptTokens(body) : 0)),
    ),
    ...blocksOf(body.system).map((block) => segmentOf(block, tokensOf(block, measure))),
    ...listOf(body.messages).flatMap((message) => turnSegments(message, measure)),
  ]
  const format = fieldsOf(fieldsOf(body.output_config).format).schema
  if (format !== undefined) segments.unshift(segmentOf(format, measure.text(JSON.stringify(format))))
  return markWhole(segments, body.cache_control)
}

/** How long each part that is marked is to be cached. */
export function cacheLives(body: Fields): readonly CacheLife[] {
  const free: Measure = {
    text: () => 0,
    image: () => 0,
    pdf: () => 0,
    audio: () => 0,
    unbounded: 0,
    isWorst: false,
  }
  return readPrompt(body, free).flatMap(({ cacheLife }) => cacheLife ?? [])
}

/** Every block of a turn is a part of its own; the turn itself costs a little. */
function turnSegments(message: unknown, measure: Measure): readonly Segment[] {
  const { role, content } = fieldsOf(message)
  return blocksOf(content).map((block, index) => ({
    ...segmentOf([role, withoutMark(block)], tokensOf(block, measure) + (index === 0 ? turnTokens : 0)),
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

function tokensOf(block: unknown, measure: Measure): number {
  const { type, source, content, title, context, data } = fieldsOf(block)
  switch (type) {
    case 'image':
      return measure.image(textOf(fieldsOf(source).data))
    case 'document':
      return sourceTokens(fieldsOf(source), measure) + measure.text(textIn([title, context]))
    case 'tool_result':
      return blocksOf(content).reduce<number>((sum, part) => sum + tokensOf(part, measure), turnTokens)
    case 'redacted_thinking':
      return measure.isWorst ? encryptedTokens(textOf(data) ?? '') : 0
    case 'web_search_tool_result':
      return listOf(content).reduce<number>(
        (sum, part) => sum + encryptedTokens(textOf(fieldsOf(part).encrypted_content) ?? ''),
        turnTokens,
      )
    default:
      return measure.text(textIn(block))
  }
}

function sourceTokens(source: Fields, measure: Measure): number {
  switch (source.type) {
    case 'text':
      return measure.text(textOf(source.data) ?? '')
    case 'content':
      return blocksOf(source.content).reduce<number>((sum, part) => sum + tokensOf(part, measure), 0)
    default:
      return measure.pdf(textOf(source.data))
  }
}

/** What comes back encrypted is read in the clear: about four letters a token, and base64 has four for three. */
function encryptedTokens(base64: string): number {
  return Math.ceil(base64.length / 4)
}

/** Text alone is one block. */
export function blocksOf(content: unknown): readonly unknown[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : listOf(content)
}

export function blockType(block: unknown): string {
  return textOf(fieldsOf(block).type) ?? ''
}
