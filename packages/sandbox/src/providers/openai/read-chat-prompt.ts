import { type Fields, fieldsOf, listOf, textOf } from '../../json.ts'
import { dataOf, type Measure } from '../measure/create-measure.ts'
import type { Segment } from '../prompt-cache.ts'
import { textIn } from '../request-text.ts'

const turnTokens = 3

/** A prompt in the order in which the cache sees it: tools, the answer's schema, messages. */
export function readChatPrompt(body: Fields, measure: Measure): readonly Segment[] {
  const format = fieldsOf(body.response_format).json_schema
  return [
    ...[...listOf(body.tools), ...(format === undefined ? [] : [format])].map((value) => jsonSegment(value, measure)),
    ...listOf(body.messages).map((message) => {
      const { content, tool_calls: calls, ...rest } = fieldsOf(message)
      const tokens =
        measure.text(textIn(rest)) +
        contentTokens(content, measure) +
        sum(listOf(calls).map((call) => contentTokens(fieldsOf(call).function, measure)))
      return { content: JSON.stringify(message), tokens: tokens + turnTokens }
    }),
  ]
}

export function jsonSegment(value: unknown, measure: Measure): Segment {
  const content = JSON.stringify(value)
  return { content, tokens: measure.text(content) }
}

/** Text, or parts of text, pictures and files, in the spelling of Chat Completions or of Responses. */
export function contentTokens(content: unknown, measure: Measure): number {
  if (Array.isArray(content)) return sum(content.map((part) => contentTokens(part, measure)))
  const { type, image_url: image, detail, file, file_data: data, input_audio: audio } = fieldsOf(content)
  switch (type) {
    case 'image_url':
      return measure.image(dataOf(fieldsOf(image).url), textOf(fieldsOf(image).detail) ?? undefined)
    case 'input_image':
      return measure.image(dataOf(image), textOf(detail) ?? undefined)
    case 'file':
      return fileTokens(fieldsOf(file).file_data, measure)
    case 'input_file':
      return fileTokens(data, measure)
    case 'input_audio':
      return measure.audio(textOf(fieldsOf(audio).data) ?? '')
    default:
      return measure.text(textIn(content))
  }
}

/** A PDF, or a text file; one by address or id is not known. */
function fileTokens(data: unknown, measure: Measure): number {
  const text = typeof data === 'string' ? /^data:text\/[^,]*;base64,(.*)$/s.exec(data)?.[1] : undefined
  if (text !== undefined) return measure.text(Buffer.from(text, 'base64').toString())
  return measure.pdf(typeof data === 'string' ? (dataOf(data) ?? data) : null)
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}
