import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { page, writeTree } from '../../packages/server/src/counting/test-pdfs.ts'
import { writePng } from '../../packages/server/src/wires/ceiling/test-media.ts'
import { type ApiAnswer, buyCredits, call, verifyLedger } from './api-client.ts'
import { type Caller, startCaller } from './caller.ts'
import { type FileClient, fileClientOf } from './file-client.ts'
import { openCopies } from './file-copies.ts'
import { type FileRecords, openFileRecords } from './file-records.ts'

/** Files by their ids in calls: to the provider, to the hold and to the charge they are what the same content is inline. */
let caller: Caller
let client: FileClient
let records: FileRecords

const contents = {
  png: Buffer.from(writePng(800, 600), 'base64'),
  pdf: writeTree('[3 0 R 3 0 R]', [page], 2),
  txt: Buffer.from('Words that are nowhere else: quetzal.'),
} as const
const mimeTypes = { png: 'image/png', pdf: 'application/pdf', txt: 'text/plain' } as const
type Kind = keyof typeof contents
const ids: Record<Kind, string> = { png: '', pdf: '', txt: '' }

beforeAll(async () => {
  caller = await startCaller({ ANTHROPIC_API_KEY: 'sandbox-provider-key,sandbox-provider-key-b' })
  client = fileClientOf(caller)
  records = openFileRecords(caller.stack)
  for (const kind of ['png', 'pdf', 'txt'] as const)
    ids[kind] = String((await client.upload(new Uint8Array(contents[kind]), { name: `a.${kind}` })).body.id)
}, 60_000)

afterAll(async () => {
  await records.close()
  expect(verifyLedger(caller.stack)).toMatchObject({ ok: true, openHolds: 0 })
  await caller.stack.close()
})

const ask = (path: string, body: object, key = caller.key): Promise<ApiAnswer> =>
  call(caller.stack, 'POST', path, { key, body })
const base64 = (kind: Kind) => contents[kind].toString('base64')
const url = (kind: Kind) => `data:${mimeTypes[kind]};base64,${base64(kind)}`
const errorOf = ({ body }: ApiAnswer) => Object(body.error) as { type: string; message: string; param?: string }

/** How each format names a file, and how it says the same inline. */
const formats = {
  '/v1/messages': {
    say: (part: object) => ({ max_tokens: 20, messages: [{ role: 'user', content: [part] }] }),
    named: (kind: Kind) => ({
      type: kind === 'png' ? 'image' : 'document',
      source: { type: 'file', file_id: ids[kind] },
    }),
    inline: (kind: Kind) =>
      kind === 'png'
        ? { type: 'image', source: { type: 'base64', media_type: 'image/png', data: base64(kind) } }
        : {
            type: 'document',
            title: `a.${kind}`,
            source:
              kind === 'pdf'
                ? { type: 'base64', media_type: 'application/pdf', data: base64(kind) }
                : { type: 'text', media_type: 'text/plain', data: contents[kind].toString() },
          },
  },
  '/v1/chat/completions': {
    say: (part: object) => ({ max_completion_tokens: 20, messages: [{ role: 'user', content: [part] }] }),
    named: (kind: Kind) => ({ type: 'file', file: { file_id: ids[kind] } }),
    inline: (kind: Kind) => {
      if (kind === 'png') return { type: 'image_url', image_url: { url: url(kind) } }
      if (kind === 'pdf') return { type: 'file', file: { file_data: url(kind), filename: 'a.pdf' } }
      return { type: 'text', text: `File "a.txt":\n\n${contents.txt}` }
    },
  },
  '/v1/responses': {
    say: (part: object) => ({ max_output_tokens: 20, store: false, input: [{ role: 'user', content: [part] }] }),
    named: (kind: Kind) => ({ type: kind === 'png' ? 'input_image' : 'input_file', file_id: ids[kind] }),
    inline: (kind: Kind) => {
      if (kind === 'png') return { type: 'input_image', image_url: url(kind) }
      if (kind === 'pdf') return { type: 'input_file', file_data: url(kind), filename: 'a.pdf' }
      return { type: 'input_text', text: `File "a.txt":\n\n${contents.txt}` }
    },
  },
} as const

const paths = ['/v1/messages', '/v1/chat/completions', '/v1/responses'] as const

describe('a file in a call', () => {
  it.each(
    paths.flatMap((path) => ['claude-sonnet-4', 'gpt-4o', 'gemini-2.5-pro'].map((model) => [path, model] as const)),
  )('%s with %s is what the same content is inline, and as long', async (path, model) => {
    const { say, named, inline } = formats[path]
    for (const kind of ['png', 'pdf', 'txt'] as const) {
      const seen: unknown[] = []
      for (const part of [named(kind), inline(kind)]) {
        const answer = await ask(path, { model, ...say(part) })
        expect(answer.status, JSON.stringify(answer.body)).toBe(200)
        const { tokens } = await caller.record(answer.headers.get('request-id'))
        const { body } = (await caller.lastCall()) ?? {}
        // What the provider has cached meanwhile is its own affair.
        const { input, cache_read: cached } = Object(tokens)
        seen.push({ body, tokens: input + cached })
      }
      expect(seen[0]).toEqual(seen[1])
      expect(JSON.stringify(seen[0])).not.toContain(ids[kind])
    }
  })

  it('is counted as it is inline, in a long prompt too', async () => {
    const { named, inline } = formats['/v1/messages']
    for (const model of ['claude-sonnet-4', 'gpt-4o']) {
      const count = async (content: readonly object[]) => {
        const answer = await ask('/v1/messages/count_tokens', { model, messages: [{ role: 'user', content }] })
        expect(answer.status, JSON.stringify(answer.body)).toBe(200)
        return answer.body.input_tokens
      }
      expect(await count([named('txt')])).toEqual(await count([inline('txt')]))
      const long = { type: 'text', text: 'word '.repeat(210_000) }
      expect(Number(await count([named('txt'), long]))).toBeGreaterThan(Number(await count([inline('txt')])))
    }
  })

  it('that is kept by the Responses API is brought again, by its id', async () => {
    const { named } = formats['/v1/responses']
    const input = [{ role: 'user', content: [named('txt')] }]
    const first = await ask('/v1/responses', { model: 'gpt-4o', input })
    const items = await call(caller.stack, 'GET', `/v1/responses/${first.body.id}/input_items`, { key: caller.key })
    expect(JSON.stringify(items.body)).toContain(ids.txt)
    expect(JSON.stringify(items.body)).not.toContain('quetzal')
    const again = { input: 'And?', previous_response_id: first.body.id }
    expect((await ask('/v1/responses', { model: 'claude-sonnet-4', ...again })).status).toBe(200)
    expect(JSON.stringify((await caller.lastCall())?.body)).toContain('quetzal')
  })

  it('of somebody else, of another type or too large is refused before anything is sent', async () => {
    const before = (await caller.calls()).length
    const stranger = (await buyCredits(caller.stack, caller.partner, 5)).userKey
    for (const path of paths) {
      const { say, named } = formats[path]
      const answer = await ask(path, { model: 'gpt-4o', ...say(named('png')) }, stranger)
      expect([answer.status, errorOf(answer).type]).toEqual([404, 'not_found'])
      expect(errorOf(answer).message).toMatch(
        /^(messages|input)[[.]0\]?[.]content[[.]0.*file_id: File `file_\w+` not found\.$/,
      )
    }
    const { say } = formats['/v1/messages']
    const wrong = { type: 'image', source: { type: 'file', file_id: ids.pdf } }
    const unfit = await ask('/v1/messages', { model: 'gpt-4o', ...say(wrong) })
    expect([unfit.status, errorOf(unfit).message]).toEqual([
      400,
      expect.stringContaining('messages.0.content.0.source.file_id'),
    ])
    const upload = { type: 'container_upload', file_id: ids.txt }
    expect((await ask('/v1/messages', { model: 'claude-sonnet-4', ...say(upload) })).status).toBe(400)
    const large = await client.upload(new Uint8Array(11 * 1024 * 1024).fill(65), { name: 'long.txt' })
    const pdf = new Uint8Array(4 * 1024 * 1024)
    pdf.set(contents.pdf)
    const scan = await client.upload(pdf, { name: 'scan.pdf' })
    const part = (id: unknown) => ({ type: 'file', file: { file_id: id } })
    for (const parts of [[part(large.body.id)], Array.from({ length: 10 }, () => part(scan.body.id))]) {
      const body = { model: 'gpt-4o', messages: [{ role: 'user', content: parts }] }
      expect((await ask('/v1/chat/completions', body)).status).toBe(413)
    }
    expect((await caller.calls()).length).toBe(before)
  })
})

describe('a file of more than 4 MB, for a model of Anthropic’s', () => {
  const paddedPdf = (seed: number) => {
    const bytes = new Uint8Array(4.2 * 1024 * 1024).fill(seed)
    bytes.set(contents.pdf)
    return bytes
  }
  const document = (id: unknown) => ({ type: 'document', source: { type: 'file', file_id: id } })
  const say = (id: unknown) => ({
    model: 'claude-sonnet-4',
    max_tokens: 20,
    messages: [{ role: 'user', content: [document(id)] }],
  })
  const control = () => caller.stack.sandbox.providers.control
  const copies = async () => (await control().files()).filter(({ provider }) => provider === 'anthropic')

  it('is copied there once, however many calls name it, and goes with the file', async () => {
    const { sandbox } = caller.stack
    const copiesWith = (apiKeys: readonly string[]) =>
      openCopies({ ...records, apiKeys, baseUrl: sandbox.providers.anthropicBaseUrl })
    const { body } = await client.upload(paddedPdf(65), { name: 'scan.pdf' })
    // With the provider's next key there would be another one.
    expect((await ask('/v1/messages', say(body.id))).status).toBe(200)
    const both = await Promise.all([ask('/v1/messages', say(body.id)), ask('/v1/messages', say(body.id))])
    expect(both.map(({ status }) => status)).toEqual([200, 200])
    const [copy, ...more] = await copies()
    expect(more).toEqual([])
    expect(copy).toMatchObject({
      filename: 'scan.pdf',
      mimeType: 'application/pdf',
      sizeBytes: paddedPdf(65).length,
    })
    expect((copy?.expiresAtMs ?? 0) - Date.now()).toBeLessThan(86_400_000)
    const sent = await caller.lastCall()
    expect(JSON.stringify(sent?.body)).toContain(`{"type":"file","file_id":"${copy?.id}"}`)
    expect(sent?.headers['anthropic-beta']).toContain('files-api-2025-04-14')
    // The chat format becomes the same; other families have it inline.
    const file = { type: 'file', file: { file_id: body.id } }
    const chat = { max_completion_tokens: 20, messages: [{ role: 'user', content: [file] }] }
    expect((await ask('/v1/chat/completions', { model: 'claude-sonnet-4', ...chat })).status).toBe(200)
    expect(JSON.stringify((await caller.lastCall())?.body)).toContain(`"file_id":"${copy?.id}"`)
    expect((await ask('/v1/chat/completions', { model: 'gemini-2.5-pro', ...chat })).status).toBe(200)
    expect(await copies()).toHaveLength(1)
    // With a key that is not configured any more it cannot be deleted; it is tried again, and with the key it goes.
    await client.ask('DELETE', `/${body.id}`)
    expect(await copiesWith(['another']).removeNeedless()).toBe(0)
    expect(await copiesWith([...new Set((await copies()).map(({ apiKey }) => apiKey))]).removeNeedless()).toBe(1)
    expect(await copies()).toEqual([])
  })

  it('goes inline where it cannot be copied, and an answer that is lost does no harm', async () => {
    for (const [seed, trouble, copied] of [
      [66, { failure: 500 }, 0],
      [67, { isAnswerLost: true }, 1],
    ] as const) {
      const before = (await copies()).length
      const { body } = await client.upload(paddedPdf(seed), { name: 'scan.pdf' })
      await control().troubleFiles(trouble)
      expect((await ask('/v1/messages', say(body.id))).status).toBe(200)
      expect(JSON.stringify((await caller.lastCall())?.body)).toContain('"type":"base64"')
      expect((await copies()).length - before).toBe(copied)
      await control().troubleFiles()
      expect((await ask('/v1/messages', say(body.id))).status).toBe(200)
      expect(JSON.stringify((await caller.lastCall())?.body)).toContain('"type":"file"')
      await control().clear()
    }
  })

  it('is copied for the next key where the first one fails: a key sees no other’s copies', async () => {
    const { body } = await client.upload(paddedPdf(68), { name: 'scan.pdf' })
    const seen = []
    for (let calls = 0; calls < 3; calls += 1) {
      expect((await ask('/v1/messages', say(body.id))).status).toBe(200)
      seen.push((await caller.lastCall())?.apiKey)
    }
    const [first = '', ...others] = new Set(seen)
    expect(others).toEqual([])
    await control().failKey(first, 429)
    expect((await ask('/v1/messages', say(body.id))).status).toBe(200)
    const second = await caller.lastCall()
    expect(second?.apiKey).not.toBe(first)
    const copied = (await copies()).filter(({ apiKey }) => apiKey === second?.apiKey).map(({ id }) => id)
    const named = /"file_id":"(\w+)"/.exec(JSON.stringify(second?.body))?.[1]
    expect(copied).toContain(named)
    await control().failKey(first, 0)
  })
})
