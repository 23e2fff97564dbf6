import { listOf } from '../ceiling/prompt-parts.ts'
import { parseEventJson } from '../sse-scanner.ts'
import type { AnswerEditor, AnswerKeeping, Item } from '../wire.ts'

/** What an answer says of being kept. The provider keeps nothing, so its own word is another. */
export function keptFields(keeping: AnswerKeeping | null): { store: boolean; previous_response_id: string | null } {
  return { store: keeping !== null, previous_response_id: keeping?.previousResponseId ?? null }
}

/** An item as its client gets it: encrypted reasoning only where it was asked for, or where nothing is kept in its place. */
export function shownItem<Shown extends object>(item: Shown, keeping: AnswerKeeping | null): Shown {
  if (keeping === null || keeping.wantsEncryptedReasoning || !('encrypted_content' in item)) return item
  // A compaction is its encrypted content.
  if (!('type' in item) || item.type !== 'reasoning') return item
  const { encrypted_content: _content, ...shown } = item
  return shown as Shown
}

/** Edits the answers of providers that speak Responses themselves. */
export function createEditor(keeping: AnswerKeeping): AnswerEditor {
  const edit = (answer: object): object => {
    const response: Item = { ...answer, ...keptFields(keeping) }
    if (!Array.isArray(response.output)) return response
    keeping.note(response)
    return { ...response, output: listOf(response.output).map(shown) }
  }
  const shown = (item: unknown): unknown =>
    typeof item === 'object' && item !== null ? shownItem(item, keeping) : item
  return {
    editAnswer: edit,
    editEvent(event) {
      if (event.data === null || !isEdited(event.name, event.data)) return null
      const chunk = parseEventJson(event)
      if (chunk === null) return null
      const { response, item } = chunk
      const edited = {
        ...chunk,
        ...(typeof response === 'object' && response !== null ? { response: edit(response) } : {}),
        ...(item === undefined ? {} : { item: shown(item) }),
      }
      const name = event.name === null ? '' : `event: ${event.name}\n`
      return Buffer.from(`${name}data: ${JSON.stringify(edited)}\n\n`)
    },
  }
}

const ofResponse = /^response\.(created|queued|in_progress|completed|incomplete|failed)$/

/** Whether an event says anything of the response as a whole, or brings reasoning. Most events are a word of text. */
function isEdited(name: string | null, data: string): boolean {
  if (name === null) return data.includes('"response"') || data.includes('"item"')
  if (ofResponse.test(name)) return true
  return name.startsWith('response.output_item.') && data.includes('"encrypted_content"')
}
