import Anthropic, { toFile } from '@anthropic-ai/sdk'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../index.ts'
import { fieldsOf } from '../../json.ts'

let sandbox: Sandbox
let anthropic: Anthropic
let other: Anthropic

beforeAll(async () => {
  sandbox = await startSandbox()
  anthropic = clientWith(sandbox.providers.apiKey)
  other = clientWith(`${sandbox.providers.apiKey}-other`)
})

afterEach(() => sandbox.providers.control.troubleFiles())
afterAll(() => sandbox.close())

function clientWith(apiKey: string): Anthropic {
  return new Anthropic({ baseURL: sandbox.providers.anthropicBaseUrl, apiKey, maxRetries: 0 })
}

const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const upload = async (name: string, content: string | Buffer, type: string, more: object = {}) =>
  anthropic.files.upload({ file: await toFile(Buffer.from(content), name, { type }), ...more })

/** What a program gets that writes the request itself. */
async function ask(path: string, init: RequestInit = {}, version = '2023-06-01') {
  const response = await fetch(`${sandbox.providers.anthropicBaseUrl}${path}`, {
    ...init,
    headers: { 'x-api-key': sandbox.providers.apiKey, 'anthropic-version': version, ...init.headers },
  })
  return { status: response.status, body: fieldsOf(await response.json()) }
}

function formWith(fields: Readonly<Record<string, string>>, name = 'a.txt'): RequestInit {
  const form = new FormData()
  form.append('file', new Blob(['x'], { type: 'text/plain' }), name)
  for (const [field, value] of Object.entries(fields)) form.append(field, value)
  return { method: 'POST', body: form }
}

describe('files', () => {
  it('are uploaded, described, not given back, and deleted, in the workspace of their key only', async () => {
    const file = await upload('notes.txt', 'The word is elderberry.', 'text/plain', { expires_in_seconds: 3600 })
    expect(file).toMatchObject({
      id: expect.stringMatching(/^file_/),
      type: 'file',
      filename: 'notes.txt',
      mime_type: 'text/plain',
      size_bytes: 23,
      downloadable: false,
    })
    expect(Date.parse(String(file.expires_at)) - Date.parse(file.created_at)).toBe(3_600_000)
    expect(await anthropic.files.retrieveMetadata(file.id)).toEqual(file)
    expect(await sandbox.providers.control.files()).toMatchObject([{ id: file.id, apiKey: sandbox.providers.apiKey }])
    await expect(anthropic.files.download(file.id)).rejects.toBeInstanceOf(Anthropic.Files.FileNotDownloadableError)
    for (const refused of [other.files.retrieveMetadata(file.id), other.files.delete(file.id)])
      await expect(refused).rejects.toMatchObject({ status: 404, apiMessage: `File \`${file.id}\` not found.` })
    expect((await other.files.list()).data).toEqual([])
    expect(await anthropic.files.delete(file.id)).toEqual({ id: file.id, type: 'file_deleted' })
    await expect(anthropic.files.retrieveMetadata(file.id)).rejects.toMatchObject({ status: 404 })
  })

  it('are listed by cursor, and before it by ids', async () => {
    const made = await Promise.all(['1', '2', '3'].map((name) => upload(`${name}.txt`, name, 'text/plain')))
    const newestFirst = (await anthropic.files.list()).data.map(({ id }) => id)
    expect(newestFirst.toSorted()).toEqual(made.map(({ id }) => id).toSorted())
    const paged: string[] = []
    for await (const { id } of anthropic.files.list({ limit: 2 })) paged.push(id)
    expect(paged).toEqual(newestFirst)
    const [newest = '', , oldest = ''] = newestFirst
    expect((await anthropic.files.list({ ids: [oldest, 'file_none'] })).data).toMatchObject([{ id: oldest }])
    const old = await ask(`/v1/files?limit=1&after_id=${newest}`)
    expect(old.body).toMatchObject({ data: [{ id: newestFirst[1] }], has_more: true, first_id: newestFirst[1] })
    const before = await ask(`/v1/files?limit=1&before_id=${oldest}`)
    expect(before.body).toMatchObject({ data: [{ id: newestFirst[1] }], has_more: true, last_id: newestFirst[1] })
    const fresh = await ask('/v1/files?limit=1', {}, '2026-10-21')
    expect(Object.keys(fresh.body)).toEqual(['data', 'next_page'])
    expect((await ask(`/v1/files?after_id=${newest}`, {}, '2026-10-21')).status).toBe(400)
    await Promise.all(made.map(({ id }) => anthropic.files.delete(id)))
  })

  it.each([
    ['a field that there is not', formWith({ purpose: 'batch' }), 'purpose: Extra inputs are not permitted'],
    ['a life that is too short', formWith({ expires_in_seconds: '3599' }), 'from 3600 to 7776000'],
    ['a life that is too long', formWith({ expires_in_seconds: '7776001' }), 'from 3600 to 7776000'],
    ['a filename with a mark', formWith({}, 'a|b.txt'), 'none of them <'],
    ['a filename that is too long', formWith({}, 'a'.repeat(256)), '1 to 255'],
    ['no form', { method: 'POST', body: '{}' }, 'multipart/form-data'],
    [
      'half a form',
      { method: 'POST', body: '--x', headers: { 'content-type': 'multipart/form-data; boundary=x' } },
      'could not be read',
    ],
    ['no file', { method: 'POST', body: new FormData() }, ''],
  ])('refuse %s', async (_, init, words) => {
    const { status, body } = await ask('/v1/files', init)
    expect(status).toBe(400)
    expect(body.error).toMatchObject({ type: 'invalid_request_error', message: expect.stringContaining(words) })
  })

  it('refuse what is too much, fail, and lose their answer, as they were told', async () => {
    const { control } = sandbox.providers
    await control.troubleFiles({ quotaBytes: 3 })
    await expect(upload('a.txt', 'four', 'text/plain')).rejects.toBeInstanceOf(
      Anthropic.Files.StorageQuotaExceededError,
    )
    await control.troubleFiles({ failure: 529 })
    await expect(upload('a.txt', 'x', 'text/plain')).rejects.toMatchObject({ status: 529 })
    expect(await control.files()).toEqual([])
    await control.troubleFiles({ isAnswerLost: true })
    await expect(upload('a.txt', 'x', 'text/plain')).rejects.toBeInstanceOf(Anthropic.APIConnectionError)
    const [lost] = await control.files()
    expect(lost).toMatchObject({ filename: 'a.txt' })
    await anthropic.files.delete(String(lost?.id))
  })
})

describe('a file in a message', () => {
  const model = 'claude-sonnet-4-20250514'
  const say = (block: object, client = anthropic) => {
    const content = [block, { type: 'text', text: 'What is it?' }]
    const body = { model, max_tokens: 50, messages: [{ role: 'user', content }] }
    return client.messages.create(body as Anthropic.MessageCreateParamsNonStreaming)
  }
  const byId = (type: string, id: string) => ({ type, source: { type: 'file', file_id: id } })

  it('costs what it costs inline', async () => {
    const text = await upload('a.txt', 'The word is elderberry.', 'text/plain')
    const image = await upload('a.png', picture, 'image/png')
    const inline = [
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'The word is elderberry.' } },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: picture.toString('base64') } },
    ]
    for (const [index, block] of [byId('document', text.id), byId('image', image.id)].entries()) {
      const { usage } = await say(block)
      expect(usage).toEqual((await say(inline[index] ?? {})).usage)
    }
    const messages = [{ role: 'user' as const, content: [byId('image', image.id) as Anthropic.ImageBlockParam] }]
    const counted = await anthropic.messages.countTokens({ model, messages })
    expect(counted.input_tokens).toBeGreaterThan(1)
    // The record shows what was sent, which was the id.
    expect(JSON.stringify(await sandbox.providers.control.calls())).toContain(image.id)
  })

  it('is refused where it does not fit, is of another workspace, is gone or over its time', async () => {
    const text = await upload('a.txt', 'words', 'text/plain')
    const table = await upload('a.csv', 'a,b', 'text/csv', { expires_in_seconds: 3600 })
    await expect(say(byId('image', text.id))).rejects.toMatchObject({ status: 400 })
    await expect(say(byId('document', table.id))).rejects.toMatchObject({ status: 400 })
    await expect(say(byId('document', text.id), other)).rejects.toMatchObject({ status: 404 })
    await expect(say({ type: 'container_upload', file_id: text.id })).rejects.toMatchObject({ status: 400 })
    await sandbox.providers.control.passTime(3_600_000)
    await expect(say(byId('document', table.id))).rejects.toBeInstanceOf(Anthropic.Files.FileExpiredError)
    expect(await anthropic.files.retrieveMetadata(table.id)).toMatchObject({ id: table.id })
  })
})
