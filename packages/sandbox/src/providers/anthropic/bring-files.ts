import { type Fields, fieldsOf, isFields, listOf, textOf } from '../../json.ts'
import type { Asked } from '../exchange.ts'
import type { StoredFile } from '../file-shelf.ts'
import { ProviderProblem } from '../provider-problem.ts'
import { findFile } from './find-file.ts'

const imageTypes = ['image/jpeg', 'image/png', 'image/gif', 'image/webp']

/**
 * The body with the content of files in the place of their ids, so that they are measured as content that came inline.
 * @throws ProviderProblem for a file that is not there, that has expired, or that does not fit its block
 */
export function bringFiles(asked: Asked): Fields {
  const { messages } = asked.body
  if (!Array.isArray(messages)) return asked.body
  return { ...asked.body, messages: messages.map((turn) => inTurn(asked, turn)) }
}

function inTurn(asked: Asked, turn: unknown): unknown {
  const { content } = fieldsOf(turn)
  return isFields(turn) && Array.isArray(content) ? { ...turn, content: inBlocks(asked, content) } : turn
}

function inBlocks(asked: Asked, blocks: readonly unknown[]): readonly unknown[] {
  return blocks.map((block) => {
    if (!isFields(block)) return block
    const { type, source, content } = block
    if (type === 'container_upload') return checkContainer(asked, block)
    if (type === 'tool_result' && Array.isArray(content)) return { ...block, content: inBlocks(asked, content) }
    const { type: sourceType, file_id: id, content: parts } = fieldsOf(source)
    if (sourceType === 'content' && Array.isArray(parts))
      return { ...block, source: { ...fieldsOf(source), content: inBlocks(asked, parts) } }
    if (sourceType !== 'file') return block
    if (type !== 'image' && type !== 'document')
      throw new ProviderProblem(400, `${String(type)}.source: a file is not possible here`)
    return { ...block, source: sourceFor(type, findFile(asked, textOf(id) ?? '')) }
  })
}

function checkContainer(asked: Asked, block: Fields): Fields {
  findFile(asked, textOf(block.file_id) ?? '')
  if (listOf(asked.body.tools).some((tool) => String(fieldsOf(tool).type).startsWith('code_execution'))) return block
  throw new ProviderProblem(400, 'container_upload blocks need the code execution tool')
}

/** What the same content is inline. */
function sourceFor(type: 'image' | 'document', { id, mimeType, bytes }: StoredFile): Fields {
  const isPicture = imageTypes.includes(mimeType)
  const isFitting = type === 'image' ? isPicture : mimeType === 'application/pdf' || mimeType === 'text/plain'
  if (!isFitting)
    throw new ProviderProblem(
      400,
      `File ${id} has the type ${mimeType}, which is not supported in a block of type ${type}`,
    )
  return mimeType === 'text/plain'
    ? { type: 'text', media_type: mimeType, data: bytes.toString() }
    : { type: 'base64', media_type: mimeType, data: bytes.toString('base64') }
}
