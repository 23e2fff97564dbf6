import { type Fields, fieldsOf, listOf } from '../../json.ts'
import type { Segment } from '../prompt-cache.ts'
import { textIn } from '../request-text.ts'
import { countTokens } from '../tokens.ts'

/** What a provider charges for a picture or a file depends on its size; here it is always this. */
export const imageTokens = 1500
export const fileTokens = 3000
const turnTokens = 3

/** A prompt in the order in which the cache sees it: tools, the answer's schema, messages. */
export function readChatPrompt(body: Fields): readonly Segment[] {
  const format = fieldsOf(body.response_format).json_schema
  return [
    ...listOf(body.tools).map(jsonSegment),
    ...(format === undefined ? [] : [jsonSegment(format)]),
    ...listOf(body.messages).map((message) => {
      const { content, tool_calls: calls, ...rest } = fieldsOf(message)
      const tokens =
        countTokens(textIn(rest)) +
        contentTokens(content) +
        sum(listOf(calls).map((call) => contentTokens(fieldsOf(call).function)))
      return { content: JSON.stringify(message), tokens: tokens + turnTokens }
    }),
  ]
}

export function jsonSegment(value: unknown): Segment {
  const content = JSON.stringify(value)
  return { content, tokens: countTokens(content) }
}

/** Text, or parts of text, pictures and files, in the spelling of Chat Completions or of Responses. */
export function contentTokens(content: unknown): number {
  if (Array.isArray(content)) return sum(content.map(contentTokens))
  const type = fieldsOf(content).type
  if (type === 'image_url' || type === 'input_image') return imageTokens
  if (type === 'file' || type === 'input_file' || type === 'input_audio') return fileTokens
  return countTokens(textIn(content))
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}
