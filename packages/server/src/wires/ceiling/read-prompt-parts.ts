import { readMessagesParts } from '../anthropic-messages/read-parts.ts'
import { readChatParts } from '../openai-chat/read-parts.ts'
import { readResponsesParts } from '../openai-responses/read-parts.ts'
import type { UpstreamBody, UpstreamFormatName } from '../wire.ts'
import type { FoundParts, PartsReader, PromptParts } from './prompt-parts.ts'

const readers: Readonly<Record<UpstreamFormatName, PartsReader>> = {
  messages: readMessagesParts,
  chat: readChatParts,
  responses: readResponsesParts,
  // Texts, or tokens as numbers, each of which takes two bytes at least.
  embeddings: () => {},
}

/**
 * Reads the parts of a body as it goes out. Media counts as media only where the provider reads it as such: what lies
 * anywhere else, in a tool's arguments for one, is text to the model and is bounded as text. Linear in the number of
 * parts; no text is looked at.
 */
export function readPromptParts(format: UpstreamFormatName, body: UpstreamBody): PromptParts {
  const found: FoundParts = {
    images: [],
    pdfs: [],
    sounds: [],
    mediaPlaces: new Map(),
    mediaCharacters: 0,
    hasUnknown: false,
    hasTools: false,
    typedToolTokens: 0,
    cacheWrite: 'none',
    webSearchesMax: 0,
    rereadsMax: 0,
  }
  readers[format](body, found)
  return found
}
