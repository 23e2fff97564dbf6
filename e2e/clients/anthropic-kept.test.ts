import Anthropic, { toFile } from '@anthropic-ai/sdk'
import Anthropic0, { toFile as toFile0 } from 'anthropic-sdk-0'
import { describe, expect, it } from 'vitest'
import { writePng } from '../../packages/server/src/wires/ceiling/test-media.ts'
import { useCustomer } from './customer.ts'
import { runBatchesPage } from './run-batches-page.ts'

/** Files and batches of both generations of Anthropic's package, which reads results at the address that the server tells. */
const customer = useCustomer({ environment: { BATCH_POLL_MS: '50' }, publicHost: '127.0.0.1' })

const models = ['anthropic/claude-sonnet-4-20250514', 'openai/gpt-4o', 'google/gemini-3.8-flash']
const picture = Buffer.from(writePng(40, 30), 'base64')

const options = () => ({ baseURL: customer.origin, apiKey: customer.key, maxRetries: 0 })
const client0 = () => new Anthropic0(options())

/** The older generation has its files elsewhere, and is otherwise typed as the newer one here. */
const generations = [
  {
    name: '1.x',
    client: () => new Anthropic(options()),
    filesOf: () => new Anthropic(options()).files,
    fileOf: toFile,
  },
  {
    name: '0.x',
    client: () => client0() as unknown as Anthropic,
    filesOf: () => client0().beta.files as unknown as Anthropic['files'],
    fileOf: toFile0,
  },
] as const

describe.each(generations)(
  'files with the Anthropic package $name',
  ({ name, client: makeClient, filesOf: files, fileOf }) => {
    const upload = async (content: string | Buffer, filename: string, type: string, more: object = {}) =>
      files().upload({ file: await fileOf(Buffer.from(content), filename, { type }), ...more })

    it('are uploaded, described, downloaded and deleted, and the same bytes are one file', async () => {
      const made = await upload(`For ${name}.`, 'notes.md', 'text/markdown', { expires_in_seconds: 7200 })
      expect(made).toMatchObject({ type: 'file', filename: 'notes.md', mime_type: 'text/markdown', downloadable: true })
      expect(Math.round((Date.parse(String(made.expires_at)) - Date.parse(made.created_at)) / 1000)).toBe(7200)
      expect((await upload(`For ${name}.`, 'again.md', 'text/markdown', { expires_in_seconds: 7200 })).id).toBe(made.id)
      expect(await files().retrieveMetadata(made.id)).toMatchObject({ id: made.id, size_bytes: 8 })
      expect(await (await files().download(made.id)).text()).toBe(`For ${name}.`)
      expect(await files().delete(made.id)).toEqual({ id: made.id, type: 'file_deleted' })
      await expect(files().retrieveMetadata(made.id)).rejects.toMatchObject({
        status: 404,
        message: expect.stringContaining(`File \`${made.id}\` not found.`),
      })
      await expect(upload(Buffer.from([0, 1, 2, 255]), 'a.bin', 'text/plain')).rejects.toMatchObject({ status: 415 })
    })

    it('are listed by cursor and by ids', async () => {
      const made = await Promise.all(
        ['a', 'b', 'c'].map((one) => upload(`${one} of ${name}`, `${one}.txt`, 'text/plain')),
      )
      const newestFirst: string[] = []
      for await (const { id } of files().list({ limit: 2 })) newestFirst.push(id)
      expect(newestFirst.toSorted()).toEqual(made.map(({ id }) => id).toSorted())
      const [newest = '', middle, oldest = ''] = newestFirst
      expect((await files().list({ ids: [oldest] })).data).toMatchObject([{ id: oldest }])
      // As the package asked before there were cursors.
      const old = (query: object) => makeClient().get('/v1/files', { query })
      expect(await old({ after_id: newest, limit: 1 })).toMatchObject({ data: [{ id: middle }], has_more: true })
      expect(await old({ before_id: oldest, limit: 1 })).toMatchObject({ data: [{ id: middle }], first_id: middle })
      for (const { id } of made) await files().delete(id)
    })

    it.each(models)('are read by %s where a message names them', async (model) => {
      const text = await upload(`The word of ${name} is elderberry.`, 'a.txt', 'text/plain')
      const image = await upload(picture, 'a.png', 'image/png')
      const named = (id: string) => ({ type: 'file' as const, file_id: id })
      const ask = {
        ...{ model, max_tokens: 50 },
        messages: [
          {
            role: 'user' as const,
            content: [
              { type: 'document' as const, source: named(text.id) },
              { type: 'image' as const, source: named(image.id) },
              { type: 'text' as const, text: 'What is the word?' },
            ],
          },
        ],
      }
      const answer = await makeClient().messages.create(ask as Anthropic.MessageCreateParamsNonStreaming)
      expect(answer.usage.input_tokens).toBeGreaterThan(15)
      const sent = JSON.stringify((await customer.stack.sandbox.providers.control.calls()).at(-1)?.body)
      expect(sent).toContain(`The word of ${name} is elderberry.`)
      expect(sent).toContain(picture.toString('base64'))
      for (const { id } of [text, image]) await files().delete(id)
    })
  },
)

describe.each(generations)(
  'batches with the Anthropic package $name',
  ({ client: makeClient, filesOf: files, fileOf }) => {
    const batches = () => makeClient().messages.batches
    const params = (content: Anthropic.MessageParam['content']) => ({
      model: 'anthropic/claude-sonnet-4-20250514',
      max_tokens: 50,
      messages: [{ role: 'user' as const, content }],
    })
    const ended = async (id: string) => {
      for (;;) {
        const batch = await batches().retrieve(id)
        if (batch.processing_status === 'ended') return batch
        await new Promise((later) => setTimeout(later, 50))
      }
    }

    it('are created, looked after, read and deleted; an item may name a file', async () => {
      const file = await files().upload({ file: await fileOf(picture, 'a.png', { type: 'image/png' }) })
      const image = {
        type: 'image',
        source: { type: 'file', file_id: file.id },
      } as unknown as Anthropic.ImageBlockParam
      const requests = [
        { custom_id: 'words', params: params('Hello [[sandbox: text="Hello yourself."]]') },
        { custom_id: 'a-picture', params: params([image]) },
        { custom_id: 'refused', params: params('[[sandbox: batch:errored=529]]') },
      ]
      const made = await batches().create({ requests })
      expect(made).toMatchObject({ type: 'message_batch', processing_status: 'in_progress', results_url: null })
      expect((await ended(made.id)).request_counts).toMatchObject({ succeeded: 2, errored: 1 })
      const results = new Map<string, Anthropic.Messages.MessageBatchResult>()
      for await (const { custom_id: customId, result } of await batches().results(made.id))
        results.set(customId, result)
      expect(results.get('words')).toMatchObject({
        type: 'succeeded',
        message: { content: [{ type: 'text', text: 'Hello yourself.' }], usage: { service_tier: 'batch' } },
      })
      expect(results.get('a-picture')).toMatchObject({ type: 'succeeded' })
      expect(results.get('refused')).toMatchObject({ type: 'errored', error: { error: { type: 'overloaded_error' } } })
      await expect
        .poll(() =>
          batches()
            .delete(made.id)
            .catch(({ status }) => status),
        )
        .toEqual({ id: made.id, type: 'message_batch_deleted' })
      await expect(batches().retrieve(made.id)).rejects.toMatchObject({ status: 404 })
    })

    it('are listed in pages and canceled', async () => {
      await customer.stack.sandbox.providers.control.planBatches({ endsAfterMs: null }, 3)
      const ids: string[] = []
      for (const word of ['a', 'b', 'c'])
        ids.unshift((await batches().create({ requests: [{ custom_id: word, params: params(word) }] })).id)
      const listed: string[] = []
      for await (const { id } of batches().list({ limit: 2 })) listed.push(id)
      expect(listed.slice(0, 3)).toEqual(ids)
      for (const id of ids) expect(await batches().cancel(id)).toMatchObject({ processing_status: 'canceling' })
      for (const id of ids) expect((await ended(id)).request_counts).toMatchObject({ canceled: 1, succeeded: 0 })
      await expect(batches().create({ requests: [] })).rejects.toMatchObject({ status: 400 })
    })
  },
)

it('the page on batches asks, waits, and reads what came', async () => {
  const printed = await runBatchesPage(customer, 'anthropic')
  expect(printed.trim().split('\n').toSorted()).toEqual([
    expect.stringMatching(/^question-0 .*sky/),
    expect.stringMatching(/^question-1 .*sea/),
  ])
})
