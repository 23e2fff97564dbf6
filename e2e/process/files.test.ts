import { randomBytes, randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PartnerKeys } from '../stack.ts'
import { type ApiAnswer, buyCredits, call, verifyLedger } from './api-client.ts'
import { type Caller, startCaller } from './caller.ts'
import { anthropicVersion, type FileClient, fileClientOf } from './file-client.ts'
import { type FileRecords, openFileRecords } from './file-records.ts'
import { makeKey } from './make-key.ts'

/** Files that clients keep with a server: whose they are, what is taken, what is refused, and what is left of them. */
let caller: Caller
let otherApp: PartnerKeys
let records: FileRecords
let client: FileClient
const megabyte = 1024 * 1024
const userBytesMax = 8 * megabyte

beforeAll(async () => {
  caller = await startCaller({ FILES_BYTES_PER_USER: String(userBytesMax) })
  client = fileClientOf(caller)
  records = openFileRecords(caller.stack)
  otherApp = caller.stack.createPartner({ name: 'Another app' })
}, 60_000)

afterAll(async () => {
  await records.close()
  expect(verifyLedger(caller.stack)).toMatchObject({ ok: true, openHolds: 0 })
  await caller.stack.close()
})

const anthropic = anthropicVersion
const upload: FileClient['upload'] = (...sent) => client.upload(...sent)
const ask: FileClient['ask'] = (...asked) => client.ask(...asked)

const text = () => `notes ${randomUUID()}`
const randomBytesText = (bytes: number) => randomBytes(bytes / 2).toString('hex')
const nobodysId = 'file_000000000000000000000000'
const withoutRequestId = (body: string) => body.replace(/req_\w+/, '')
const routesOf = (id: string) =>
  [
    ['GET', `/${id}`],
    ['GET', `/${id}/content`],
    ['DELETE', `/${id}`],
  ] as const
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
    expect(read.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox")
    const head = await ask('HEAD', `/${id}/content`)
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(content.length)])
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

describe('whose a file is', () => {
  it('another user or another app is answered as for nothing, and every key of the user in the app finds it', async () => {
    const { body } = await upload(text())
    const id = String(body.id)
    const stranger = (await buyCredits(caller.stack, caller.partner, 5)).userKey
    const elsewhere = (await buyCredits(caller.stack, otherApp, 5)).userKey
    const own = (await makeKey(caller.stack, caller.key, { name: 'second' })).key
    const sameUserOtherApp = await records.keyInApp(caller.key, otherApp.id)
    for (const key of [stranger, elsewhere, sameUserOtherApp]) {
      for (const headers of [anthropic, {}]) {
        const asked = { key, headers }
        const list = await ask('GET', '', asked)
        expect(list.body.data).toEqual([])
        expect((await ask('GET', `?after_id=${id}&after=${id}`, asked)).status).toBe(404)
        for (const [method, path] of routesOf(id)) {
          const foreign = await ask(method, path, asked)
          const none = await ask(method, path.replace(id, nobodysId), asked)
          const told = JSON.stringify(foreign.body).replaceAll(id, nobodysId)
          expect([foreign.status, withoutRequestId(told)]).toEqual([404, withoutRequestId(JSON.stringify(none.body))])
        }
      }
    }
    expect((await ask('GET', `?ids[]=${id}`, { key: own })).body.data).toHaveLength(1)
    for (const [method, path] of routesOf(id)) expect((await ask(method, path, { key: own })).status).toBe(200)
  })

  it('goes with a guest to the account that it signs in to', async () => {
    const guest = (await buyCredits(caller.stack, caller.partner, 5)).userKey
    const content = text()
    const id = String((await upload(content, { key: guest })).body.id)
    await records.mergeGuestInto(guest, caller.key)
    expect((await ask('GET', `/${id}/content`)).body).toEqual({ text: content })
    expect(await records.sumsOf(caller.key)).toEqual(await records.rowsOf(caller.key))
    await ask('DELETE', `/${id}`)
  })
})

describe('what is taken', () => {
  it('the same bytes of the same owner are one file, of another owner another', async () => {
    const content = text()
    const first = await upload(content, { name: 'first.txt', fields: { expires_in_seconds: '3600' } })
    const longer = await upload(content, { name: 'second.txt', fields: { expires_in_seconds: '7200' } })
    expect(longer.body).toMatchObject({ id: first.body.id, filename: 'first.txt' })
    expect(longer.body.expires_at).not.toBe(first.body.expires_at)
    const kept = await upload(content)
    expect(kept.body).toMatchObject({ id: first.body.id, expires_at: null })
    const stranger = (await buyCredits(caller.stack, caller.partner, 5)).userKey
    expect((await upload(content, { key: stranger })).body.id).not.toBe(first.body.id)
    const twice = text()
    const [one, other] = await Promise.all([upload(twice), upload(twice)])
    expect(one.body.id).toBe(other.body.id)
    // A file for a batch is one of its own.
    const batch = await upload(content, { headers: {}, fields: { purpose: 'batch' }, name: 'lines.jsonl' })
    expect(batch.body).toMatchObject({ purpose: 'batch', expires_at: expect.any(Number) })
    expect(batch.body.id).not.toBe(first.body.id)
    await ask('DELETE', `/${first.body.id}`)
    expect((await upload(content)).body.id).not.toBe(first.body.id)
  })

  it('pages through a list forwards and backwards, in both paginations', async () => {
    const key = (await buyCredits(caller.stack, caller.partner, 5)).userKey
    const ids: string[] = []
    for (let made = 0; made < 5; made += 1) ids.unshift(String((await upload(text(), { key })).body.id))
    const list = async (query: string, headers: Record<string, string> = anthropic) => {
      const { body } = await ask('GET', query, { key, headers })
      return { ...body, ids: (body.data as { id: string }[]).map(({ id }) => id) } as Record<string, unknown> & {
        ids: string[]
      }
    }
    const first = await list('?limit=2')
    expect(first).toMatchObject({ ids: ids.slice(0, 2), has_more: true, first_id: ids[0], last_id: ids[1] })
    expect(await list(`?limit=2&after_id=${ids[1]}`)).toMatchObject({ ids: ids.slice(2, 4), has_more: true })
    expect(await list(`?limit=2&page=${first.next_page}`)).toMatchObject({ ids: ids.slice(2, 4), has_more: true })
    expect(await list(`?limit=2&before_id=${ids[4]}`)).toMatchObject({ ids: ids.slice(2, 4), has_more: true })
    expect(await list(`?ids=${ids[3]}&ids=${nobodysId}&ids[]=${ids[0]}`)).toMatchObject({
      ids: [ids[0], ids[3]],
      next_page: null,
    })
    // Who deletes what it lists goes on from what is deleted.
    await ask('DELETE', `/${ids[1]}`, { key })
    expect(await list(`?after_id=${ids[1]}`)).toMatchObject({ ids: ids.slice(2), has_more: false, next_page: null })
    expect(await list('?order=asc&limit=2', {})).toMatchObject({
      ids: [ids[4], ids[3]],
      object: 'list',
      has_more: true,
    })
    expect(await list(`?order=asc&after=${ids[3]}`, {})).toMatchObject({ ids: [ids[2], ids[0]], has_more: false })
    expect((await ask('GET', '?page=x', { key })).status).toBe(400)
    for (const [odd, status] of [
      ['?ids=%00', 200],
      ['?after_id=%00', 404],
      ['/%00', 404],
      ['/%E0%A4%A', 400],
    ] as const)
      expect([odd, (await ask('GET', odd, { key })).status]).toEqual([odd, status])
    expect((await ask('GET', '?purpose=%00', { key, headers: {} })).status).toBe(400)
  })

  it('holds a quota exactly, however many uploads there are at once, and leaves nothing of those refused', async () => {
    const key = (await buyCredits(caller.stack, caller.partner, 5)).userKey
    const answers = await Promise.all(Array.from({ length: 20 }, () => upload(randomBytesText(megabyte), { key })))
    const taken = answers.filter(({ status }) => status === 200)
    expect(taken).toHaveLength(8)
    const refused = answers
      .filter(({ status }) => status !== 200)
      .map((answer) => [answer.status, errorOf(answer).details])
    expect(refused).toEqual(Array.from({ length: 12 }, () => [400, { error_code: 'storage_quota_exceeded' }]))
    expect(await records.sumsOf(key)).toEqual(await records.rowsOf(key))
    expect(await records.storedIds()).toEqual(await records.rowIds())
    // What is there already takes no room. What is deleted frees it, once: it is still on the disk.
    await ask('DELETE', `/${taken[0]?.body.id}`, { key })
    expect((await upload(randomBytesText(megabyte), { key })).status).toBe(200)
    expect((await upload(randomBytesText(megabyte), { key })).status).toBe(400)
  })

  it('refuses what is no file for a model, by name', async () => {
    const png = Buffer.from('89504e470d0a1a0a00', 'hex')
    const cases: readonly (readonly [string, Promise<ApiAnswer>, number, string])[] = [
      ['empty', upload(''), 400, 'empty'],
      ['a program', upload(new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0])), 415, 'supported type'],
      ['an image by its name only', upload(new Uint8Array([1, 0, 2]), { name: 'a.png' }), 415, 'supported type'],
      ['a batch of pixels', upload(png, { headers: {}, fields: { purpose: 'batch' } }), 415, 'JSONL'],
      ['no purpose', upload(text(), { headers: {} }), 400, 'purpose'],
      ['training', upload(text(), { headers: {}, fields: { purpose: 'fine-tune' } }), 400, 'purpose'],
      ['too short a life', upload(text(), { fields: { expires_in_seconds: '60' } }), 400, 'expires_in_seconds'],
      ['a name for a shell', upload(text(), { name: 'a|b.txt' }), 400, 'file name'],
      ['too long a name', upload(text(), { name: 'n'.repeat(256) }), 400, 'file name'],
    ]
    for (const [name, answer, status, said] of cases) {
      expect([name, (await answer).status]).toEqual([name, status])
      expect(errorOf(await answer).message, name).toContain(said)
    }
    // Folders before a name are dropped; nothing becomes a path.
    expect((await upload(text(), { name: '../../etc/passwd' })).body.filename).toBe('passwd')
    const large = await upload(new Uint8Array(25 * megabyte + 1))
    expect([large.status, errorOf(large).type]).toEqual([413, 'request_too_large'])
    const mine = { 'x-opencredits-key': caller.key, authorization: 'Bearer sk-ant-own', 'x-user-key': '' }
    expect((await upload(text(), { headers: mine })).status).toBe(400)
  })

  it('says that it cannot read a file whose bytes are lost', async () => {
    const { body } = await upload(text())
    await records.loseBytes(String(body.id))
    const lost = await ask('GET', `/${body.id}/content`)
    expect([lost.status, errorOf(lost).type]).toEqual([500, 'internal_error'])
    await ask('DELETE', `/${body.id}`)
  })

  it('takes nothing from who has no credits', async () => {
    const created = await call(caller.stack, 'POST', '/v1/checkout/sessions', {
      body: { publishable_key: caller.partner.publishable_key, amount: 5, currency: 'usd', mode: 'embedded' },
    })
    const refused = await upload(text(), { key: String(created.body.user_key) })
    expect([refused.status, errorOf(refused).type]).toEqual([402, 'insufficient_credits'])
  })
})

describe('an upload that does not come to its end', () => {
  const head = (key: string, length: number) =>
    `POST /v1/files HTTP/1.1\r\nhost: a\r\nx-user-key: ${key}\r\nanthropic-version: 2023-06-01\r\ncontent-type: multipart/form-data; boundary=x\r\ncontent-length: ${length}\r\n\r\n--x\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\n`

  it('leaves nothing: broken off, shorter than its form, or with parts without end', async () => {
    const [before, stored] = [await records.rowIds(), await records.storedIds()]
    const socket = connect(Number(caller.stack.environment.PORT), '127.0.0.1')
    await new Promise<void>((sent) => socket.write(head(caller.key, 2_000_000) + 'x'.repeat(1_000_000), () => sent()))
    socket.destroy()
    const forms = [
      ['--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nwords', 400],
      [`${'--x\r\ncontent-disposition: form-data; name="a"\r\n\r\nb\r\n'.repeat(1_000)}--x--\r\n`, 400],
      [
        `--x\r\n${'a: b\r\n'.repeat(8_000)}content-disposition: form-data; name="file"; filename="a"\r\n\r\nw\r\n--x--\r\n`,
        400,
      ],
      ['no form at all', 400],
      ['--x--\r\n', 400],
    ] as const
    for (const [body, status] of forms) {
      const headers = { ...anthropic, 'content-type': 'multipart/form-data; boundary=x' }
      const answer = await call(caller.stack, 'POST', '/v1/files', { key: caller.key, headers, body })
      expect([body.slice(0, 40), answer.status]).toEqual([body.slice(0, 40), status])
    }
    const boundary = { 'content-type': `multipart/form-data; boundary=${'b'.repeat(5_000)}` }
    const asked = { key: caller.key, headers: boundary, body: 'x' }
    expect((await call(caller.stack, 'POST', '/v1/files', asked)).status).toBe(400)
    const plain = { key: caller.key, body: { file: 'x' } }
    expect((await call(caller.stack, 'POST', '/v1/files', plain)).status).toBe(415)
    expect(await records.rowIds()).toEqual(before)
    expect(await records.storedIds()).toEqual(stored)
  })

  it('leaves nothing but what a row names whole when its server is killed', async () => {
    const key = (await buyCredits(caller.stack, caller.partner, 5)).userKey
    const sent = Array.from({ length: 12 }, () => randomBytesText(megabyte / 2))
    const answers = sent.map((content) => upload(content, { key }).catch(() => null))
    await Promise.race(answers)
    await caller.stack.kill('SIGKILL')
    const taken = (await Promise.all(answers)).filter((answer) => answer?.status === 200)
    await caller.stack.restart()
    const { body } = await ask('GET', '?limit=100', { key })
    const ids = (body.data as { id: string }[]).map(({ id }) => id)
    for (const answer of taken) expect(ids).toContain(answer?.body.id)
    for (const id of ids) expect(sent).toContain(Object(await ask('GET', `/${id}/content`, { key })).body.text)
    expect(await records.sumsOf(key)).toEqual(await records.rowsOf(key))
    const stored = new Set(await records.storedIds())
    expect(ids.filter((id) => !stored.has(id))).toEqual([])
  })
})
