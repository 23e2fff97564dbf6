import type { MediaSource } from './prompt.ts'

/** A URL, or the content itself where it is a `data:` URL. */
export function sourceOfUrl(url: string): MediaSource {
  const [, mediaType, data] = /^data:([^;,]+)(?:;[^;,]+)*;base64,(.*)$/s.exec(url) ?? []
  return mediaType !== undefined && data !== undefined ? { from: 'base64', mediaType, data } : { from: 'url', url }
}

export function urlOfSource(source: MediaSource): string {
  return source.from === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`
}
