import type { FetchedDocument } from '../wire.ts'
import type { DocumentPart, ImagePart, Prompt, TextPart, UserPart } from './prompt.ts'

/** The URLs of a prompt's documents, each once. */
export function documentUrlsOf(prompt: Prompt): readonly string[] {
  const urls = prompt.turns.flatMap((turn) => (turn.role === 'user' ? turn.parts.flatMap(urlsOf) : []))
  return [...new Set(urls)]
}

function urlsOf(part: UserPart): readonly string[] {
  if (part.kind === 'tool_result') return part.content.flatMap(urlsOf)
  return part.kind === 'document' && part.source.from === 'url' ? [part.source.url] : []
}

/** The same prompt with what was fetched in the place of its URL. */
export function withDocuments(prompt: Prompt, documents: ReadonlyMap<string, FetchedDocument>): Prompt {
  if (documents.size === 0) return prompt
  const whole = <Part extends TextPart | ImagePart | DocumentPart>(part: Part): Part => {
    if (part.kind !== 'document' || part.source.from !== 'url') return part
    const fetched = documents.get(part.source.url)
    return fetched === undefined ? part : { ...part, source: { from: 'base64', ...fetched } }
  }
  const turns = prompt.turns.map((turn) =>
    turn.role === 'assistant'
      ? turn
      : {
          ...turn,
          parts: turn.parts.map((part) =>
            part.kind === 'tool_result' ? { ...part, content: part.content.map(whole) } : whole(part),
          ),
        },
  )
  return { ...prompt, turns }
}
