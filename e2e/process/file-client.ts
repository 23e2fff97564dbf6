import { type ApiAnswer, call, direct } from './api-client.ts'
import type { Caller } from './caller.ts'

export const anthropicVersion = { 'anthropic-version': '2023-06-01' }

export interface SentFile {
  readonly key?: string
  /** Default: as Anthropic's clients. */
  readonly headers?: Record<string, string>
  readonly name?: string
  readonly fields?: Readonly<Record<string, string>>
}

/** A client of `/v1/files`. */
export interface FileClient {
  upload(content: string | Uint8Array<ArrayBuffer>, sent?: SentFile): Promise<ApiAnswer>
  ask(
    method: string,
    path: string,
    more?: { readonly key?: string; readonly headers?: Record<string, string> },
  ): Promise<ApiAnswer>
}

export function fileClientOf({ stack, key: ownKey }: Caller): FileClient {
  return {
    async upload(content, { key = ownKey, headers = anthropicVersion, fields = {}, name = 'notes.txt' } = {}) {
      const body = new FormData()
      for (const [field, value] of Object.entries(fields)) body.append(field, value)
      body.append('file', new Blob([content]), name)
      const request = { method: 'POST', headers: { 'x-user-key': key, ...headers }, body }
      const response = await fetch(`${direct(stack)}/v1/files`, request)
      return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) }
    },
    ask: (method, path, more = {}) =>
      call(stack, method, `/v1/files${path}`, { key: ownKey, headers: anthropicVersion, ...more }),
  }
}
