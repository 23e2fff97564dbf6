import { type Fields, fieldsOf, isFields, listOf } from '../json.ts'

/** All text of a message or a part of it, wherever it stands. */
export function textIn(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(textIn).filter(Boolean).join('\n')
  if (!isFields(value)) return ''
  const { text, content, arguments: written, thinking, name, input, output, refusal } = value
  return [text, content, thinking, refusal, typeof name === 'string' && (written ?? input) !== undefined ? name : '']
    .concat([written, isFields(input) ? JSON.stringify(input) : input, output])
    .map(textIn)
    .filter(Boolean)
    .join('\n')
}

/** What the user said last, in any format: messages, a Responses `input`, or an embedding's. */
export function lastUserText(body: Fields): string {
  if (typeof body.input === 'string') return body.input
  const turns = listOf(body.messages ?? body.input)
  return textIn(turns.findLast((turn) => fieldsOf(turn).role === 'user'))
}
