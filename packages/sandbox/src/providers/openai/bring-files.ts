import { type Fields, fieldsOf, isFields, textOf } from '../../json.ts'
import type { Asked } from '../exchange.ts'
import type { StoredFile } from '../file-shelf.ts'
import { ProviderProblem } from '../provider-problem.ts'
import { findFile } from './find-file.ts'

/**
 * The body with the content of files in the place of their ids, so that they are measured as content that came inline.
 * @throws ProviderProblem for a file that is not there, and for a picture that is none
 */
export function bringFiles(asked: Asked, list: 'messages' | 'input'): Fields {
  const turns = asked.body[list]
  // Other providers have no files here: an id stays what nothing is known of.
  if (asked.call.provider !== 'openai' || !Array.isArray(turns)) return asked.body
  return { ...asked.body, [list]: turns.map((turn) => inTurn(asked, turn)) }
}

function inTurn(asked: Asked, turn: unknown): unknown {
  if (!isFields(turn)) return turn
  const { content, output } = turn
  return {
    ...turn,
    ...(Array.isArray(content) ? { content: content.map((part) => inPart(asked, part)) } : {}),
    ...(Array.isArray(output) ? { output: output.map((part) => inPart(asked, part)) } : {}),
  }
}

function inPart(asked: Asked, part: unknown): unknown {
  const { type, file, file_id: id } = fieldsOf(part)
  const named = textOf(type === 'file' ? fieldsOf(file).file_id : id)
  if (named === null) return part
  const stored = findFile(asked, named)
  if (type === 'file') return { type, file: { file_data: addressOf(stored) } }
  if (type === 'input_file') return { type, file_data: addressOf(stored) }
  if (type !== 'input_image') return part
  if (!stored.mimeType.startsWith('image/'))
    throw new ProviderProblem(400, `Invalid image: the file '${named}' is no picture.`, { param: 'input' })
  return { ...fieldsOf(part), image_url: addressOf(stored) }
}

function addressOf({ mimeType, bytes }: StoredFile): string {
  return `data:${mimeType};base64,${bytes.toString('base64')}`
}
