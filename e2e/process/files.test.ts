import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PartnerKeys } from '../stack.ts'
import { type ApiAnswer, buyCredits, call, direct, verifyLedger } from './api-client.ts'
import { type Caller, startCaller } from './caller.ts'
import { makeKey } from './make-key.ts'

/** Files that clients keep with a server: whose they are, what is taken, what is refused, and what is left of them. */
let caller: Caller
let otherApp: PartnerKeys
const megabyte = 1024 * 1024
const userBytesMax = 8 * megabyte

beforeAll(async () => {
  caller = await startCaller({ FILES_BYTES_PER_USER: String(userBytesMax) })
  otherApp = caller.stack.createPartner({ name: 'Another app' })
}, 60_000)

afterAll(async () => {
  expect(verifyLedger(caller.stack)).toMatchObject({ ok: true, openHolds: 0 })
  await caller.stack.close()
})

const anthropic = { 'anthropic-version': '2023-06-01' }

interface Sent {
  readonly key?: string
  readonly headers?: Record<string, string>
  readonly name?: string
  readonly fields?: Readonly<Record<string, string>>
}

async function upload(content: string | Uint8Array<ArrayBuffer>, sent: Sent = {}): Promise<ApiAnswer> {
  const { headers = anthropic, fields = {}, name = 'notes.txt' } = sent
  const body = new FormData()
  for (const [field, value] of Object.entries(fields)) body.append(field, value)
  body.append('file', new Blob([content]), name)
  const url = `${direct(caller.stack)}/v1/files`
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'x-user-key': sent.key ?? caller.key, ...headers },
    body,
  })
  const answer = { status: response.status, headers: response.headers }
  return { ...answer, body: JSON.parse(await response.text()) }
}

const ask = (method: string, path: string, more: { key?: string; headers?: Record<string, string> } = {}) =>
  call(caller.stack, method, `/v1/files${path}`, { key: caller.key, headers: anthropic, ...more })

const text = () => `notes ${randomUUID()}`
const errorOf = ({ body }: ApiAnswer) =>
  Object(body.error) as { type: string; message: string; details?: { error_code: string } }

describe('a file', () => {
  it('is taken, listed, described, read and deleted, in both dialects', async () => {
    const content = text()
    const made = await upload(content, { name: 'a letter.md', fields: { expires_in_seconds: '3600' } })
    expect(made.status, JSON.stringify(made.body)).toBe(200)
    const id = String(made.body.id)
    expect(made.body).toEqual({
      ...{ id, type: 'file', filename: 'a letter.md', mime_type: 'text/markdown', size_bytes: content.length },
      ...{ downloadable: true, created_at: expect.any(String), expires_at: expect.any(String) },
    })
    expect((await ask('GET', `/${id}`)).body).toEqual(made.body)
    expect((await ask('GET', `/${id}`, { headers: {} })).body).toMatchObject({
      ...{ id, object: 'file', bytes: content.length, purpose: 'user_data', status: 'processed' },
    })
    const read = await ask('GET', `/${id}/content`)
    expect(read.body).toEqual({ text: content })
    expect(read.headers.get('content-disposition')).toBe('attachment; filename="a letter.md"')
    expect(read.headers.get('content-type')).toBe('text/markdown; charset=utf-8')
    expect(read.headers.get('x-content-type-options')).toBe('nosniff')
    expect((await ask('GET', '')).body).toMatchObject({ data: [made.body], has_more: false, next_page: null })
    expect((await ask('DELETE', `/${id}`)).body).toEqual({ id, type: 'file_deleted' })
    for (const [method, path] of [
      ['GET', `/${id}`],
      ['GET', `/${id}/content`],
      ['DELETE', `/${id}`],
    ] as const)
      expect(errorOf(await ask(method, path))).toMatchObject({
        type: 'not_found',
        message: `File \`${id}\` not found.`,
      })
  })
})
