import { page, writeTree } from '../../packages/server/src/counting/test-pdfs.ts'
import { writePng } from '../../packages/server/src/wires/ceiling/test-media.ts'

/** Bodies whose cost a caller could choose: each kind of content, in each of the formats. */
export type Format = 'messages' | 'chat' | 'responses'

export const pathOf: Readonly<Record<Format, string>> = {
  messages: '/v1/messages',
  chat: '/v1/chat/completions',
  responses: '/v1/responses',
}

/** One part of a turn, or a field of the body; in none of the formats. */
export type Content =
  | { readonly kind: 'text'; readonly text: string; readonly cache?: '5m' | '1h' }
  | { readonly kind: 'picture'; readonly data: string; readonly detail?: 'low' | 'high' }
  | { readonly kind: 'picture_url'; readonly url: string }
  | { readonly kind: 'pdf'; readonly data: string }
  | { readonly kind: 'pdf_url'; readonly url: string }
  | { readonly kind: 'tools'; readonly isForced: boolean }
  | { readonly kind: 'search'; readonly uses?: number }

export const smallPicture = writePng(64, 64)
export const largePicture = writePng(5000, 4000)

export function pdfOf(pages: number): string {
  const refs = Array.from({ length: pages }, (_, index) => `${index + 3} 0 R`).join(' ')
  return writeTree(`[${refs}]`, Array(pages).fill(page), pages).toString('base64')
}

export interface Ask {
  readonly model: string
  readonly contents: readonly Content[]
  readonly directive: string
  readonly limit: number
  readonly isStream: boolean
}

export function bodyOf(format: Format, { model, contents, directive, limit, isStream }: Ask): Record<string, unknown> {
  const said: Content = { kind: 'text', text: `Hi [[sandbox: ${directive}]]` }
  const parts = [...contents, said].flatMap((content) => partOf(format, content) ?? [])
  const turn = { role: 'user', content: parts }
  const limitName = { messages: 'max_tokens', chat: 'max_completion_tokens', responses: 'max_output_tokens' }[format]
  return {
    model,
    stream: isStream,
    [limitName]: limit,
    [format === 'responses' ? 'input' : 'messages']: [turn],
    ...Object.fromEntries(contents.flatMap((content) => Object.entries(fieldsOf(format, content)))),
  }
}

function partOf(format: Format, content: Content): object | null {
  switch (content.kind) {
    case 'text': {
      const mark = content.cache === undefined ? {} : { cache_control: { type: 'ephemeral', ttl: content.cache } }
      return { type: format === 'responses' ? 'input_text' : 'text', text: content.text, ...mark }
    }
    case 'picture':
      return picture(format, { data: content.data }, content.detail)
    case 'picture_url':
      return picture(format, { url: content.url })
    case 'pdf':
      return document(format, { data: content.data })
    case 'pdf_url':
      return document(format, { url: content.url })
    case 'tools':
    case 'search':
      return null
  }
}

type Source = { readonly data: string } | { readonly url: string }

function picture(format: Format, source: Source, detail: 'low' | 'high' | 'auto' = 'auto'): object {
  const url = 'url' in source ? source.url : `data:image/png;base64,${source.data}`
  if (format === 'responses') return { type: 'input_image', image_url: url, detail }
  if (format === 'chat') return { type: 'image_url', image_url: { url, detail } }
  return {
    type: 'image',
    source: 'url' in source ? { type: 'url', ...source } : { type: 'base64', media_type: 'image/png', ...source },
  }
}

function document(format: Format, source: Source): object {
  const data = 'url' in source ? source.url : `data:application/pdf;base64,${source.data}`
  if (format === 'responses')
    return { type: 'input_file', ...('url' in source ? { file_url: data } : { filename: 'a.pdf', file_data: data }) }
  if (format === 'chat') return { type: 'file', file: { filename: 'a.pdf', file_data: data } }
  return {
    type: 'document',
    source: 'url' in source ? { type: 'url', ...source } : { type: 'base64', media_type: 'application/pdf', ...source },
  }
}

const parameters = {
  type: 'object',
  properties: Object.fromEntries(
    ['city', 'unit', 'day'].map((name) => [name, { type: 'string', description: `The ${name}` }]),
  ),
}

function fieldsOf(format: Format, content: Content): object {
  if (content.kind === 'search') {
    if (format === 'responses')
      return {
        tools: [{ type: 'web_search' }],
        ...(content.uses === undefined ? {} : { max_tool_calls: content.uses }),
      }
    const uses = content.uses === undefined ? {} : { max_uses: content.uses }
    return { tools: [{ type: 'web_search_20250305', name: 'web_search', ...uses }] }
  }
  if (content.kind !== 'tools') return {}
  const definition = {
    name: 'look_up',
    description: 'Looks the weather up.',
    ...(format === 'messages' ? {} : { parameters }),
  }
  const choice = content.isForced ? { tool_choice: format === 'messages' ? { type: 'any' } : 'required' } : {}
  if (format === 'messages') return { tools: [{ ...definition, input_schema: parameters }], ...choice }
  const tool = format === 'chat' ? { type: 'function', function: definition } : { type: 'function', ...definition }
  return { tools: [tool], ...choice }
}
