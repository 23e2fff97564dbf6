import OpenAI, { toFile } from 'openai'
import { describe, expect, it } from 'vitest'
import { writePng } from '../../packages/server/src/wires/ceiling/test-media.ts'
import { useCustomer } from './customer.ts'
import { runBatchesPage } from './run-batches-page.ts'

/** Files and batches of OpenAI's package. */
const customer = useCustomer({ environment: { BATCH_POLL_MS: '50' } })
const client = () => new OpenAI({ baseURL: customer.baseUrl, apiKey: customer.key, maxRetries: 0 })

const models = ['anthropic/claude-sonnet-4-20250514', 'openai/gpt-4o', 'google/gemini-3.8-flash']
const picture = Buffer.from(writePng(40, 30), 'base64')
const upload = async (content: string | Buffer, name: string, more: Partial<OpenAI.FileCreateParams> = {}) =>
  client().files.create({ file: await toFile(Buffer.from(content), name), purpose: 'user_data', ...more })

describe('files with the OpenAI package', () => {
  it('are uploaded, described, downloaded and deleted, and the same bytes are one file', async () => {
    const expires_after = { anchor: 'created_at', seconds: 3600 } as const
    const made = await upload('The word is elderberry.', 'a.txt', { expires_after })
    expect(made).toMatchObject({ object: 'file', bytes: 23, filename: 'a.txt', purpose: 'user_data' })
    expect(Math.abs(Number(made.expires_at) - made.created_at - 3600)).toBeLessThanOrEqual(1)
    expect((await upload('The word is elderberry.', 'b.txt', { expires_after })).id).toBe(made.id)
    expect(await client().files.retrieve(made.id)).toMatchObject({ id: made.id, status: 'processed' })
    expect(await client().files.waitForProcessing(made.id)).toMatchObject({ id: made.id })
    expect(await (await client().files.content(made.id)).text()).toBe('The word is elderberry.')
    expect(await client().files.delete(made.id)).toEqual({ id: made.id, object: 'file', deleted: true })
    await expect(client().files.retrieve(made.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError)
    await expect(upload(Buffer.from([0, 1, 2, 255]), 'a.bin')).rejects.toMatchObject({ status: 415 })
  })

  it('are listed in pages, in both orders, and by purpose', async () => {
    const made: string[] = []
    for (const word of ['a', 'b', 'c']) made.push((await upload(word, `${word}.txt`)).id)
    const listed: string[] = []
    for await (const { id } of client().files.list({ limit: 2, order: 'asc' })) listed.push(id)
    expect(listed).toEqual(made)
    expect((await client().files.list()).data.map(({ id }) => id)).toEqual(made.toReversed())
    expect((await client().files.list({ purpose: 'batch' })).data).toEqual([])
    for (const id of made) await client().files.delete(id)
  })

  it.each(models)('are read by %s where a call names them', async (model) => {
    const text = await upload('The word is elderberry.', 'a.txt')
    const image = await upload(picture, 'a.png', { purpose: 'vision' })
    await client().chat.completions.create({
      ...{ model, max_completion_tokens: 50 },
      messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: text.id } }] }],
    })
    await client().responses.create({
      ...{ model, max_output_tokens: 50 },
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_file', file_id: text.id },
            { type: 'input_image', file_id: image.id, detail: 'auto' },
          ],
        },
      ],
    })
    const calls = await customer.stack.sandbox.providers.control.calls()
    const [chat, responses] = calls.slice(-2).map(({ body }) => JSON.stringify(body))
    for (const sent of [chat, responses])
      expect(sent).toMatch(/The word is elderberry\.|VGhlIHdvcmQgaXMgZWxkZXJiZXJyeS4/)
    expect(responses).toContain(picture.toString('base64'))
    for (const { id } of [text, image]) await client().files.delete(id)
  })
})

describe('batches with the OpenAI package', () => {
  const endpoint = '/v1/chat/completions' as const
  const lineOf = (customId: string, content: string) => ({
    ...{ custom_id: customId, method: 'POST', url: endpoint },
    body: { model: 'openai/gpt-4o', max_completion_tokens: 50, messages: [{ role: 'user', content }] },
  })
  const send = async (lines: readonly object[], more: Partial<OpenAI.BatchCreateParams> = {}) => {
    const file = await upload(lines.map((line) => JSON.stringify(line)).join('\n'), 'in.jsonl', { purpose: 'batch' })
    return client().batches.create({ input_file_id: file.id, endpoint, completion_window: '24h', ...more })
  }
  const ended = async (id: string) => {
    for (;;) {
      const batch = await client().batches.retrieve(id)
      if (['completed', 'failed', 'expired', 'cancelled'].includes(batch.status)) return batch
      await new Promise((later) => setTimeout(later, 50))
    }
  }
  const linesOf = async (fileId: string | undefined) =>
    (await (await client().files.content(String(fileId))).text())
      .trimEnd()
      .split('\n')
      .map((line): { custom_id: string; response: { status_code: number; body: object } } => JSON.parse(line))

  it('are created over a file, looked after, and answered in two files', async () => {
    const words = { for: 'a test' }
    const asked = [lineOf('words', 'Hello [[sandbox: text="Hello yourself."]]'), lineOf('more', 'Why?')]
    const made = await send([...asked, lineOf('refused', '[[sandbox: batch:errored=429]]')], { metadata: words })
    expect(made).toMatchObject({ object: 'batch', endpoint, metadata: words, completion_window: '24h' })
    const batch = await ended(made.id)
    expect(batch).toMatchObject({ status: 'completed', request_counts: { total: 3, completed: 2, failed: 1 } })
    expect(batch.usage?.output_tokens).toBeGreaterThan(0)
    const output = await linesOf(batch.output_file_id)
    expect(output.map(({ custom_id: customId }) => customId).toSorted()).toEqual(['more', 'words'])
    const answer = output.find(({ custom_id: customId }) => customId === 'words')?.response
    expect(answer).toMatchObject({
      status_code: 200,
      body: { object: 'chat.completion', choices: [{ message: { content: 'Hello yourself.' } }] },
    })
    expect(await linesOf(batch.error_file_id)).toMatchObject([{ custom_id: 'refused', response: { status_code: 429 } }])
    expect(await client().files.retrieve(String(batch.output_file_id))).toMatchObject({ purpose: 'batch_output' })
  })

  it('are listed in pages and canceled', async () => {
    await customer.stack.sandbox.providers.control.planBatches({ endsAfterMs: null }, 2)
    const ids: string[] = []
    for (const word of ['a', 'b']) ids.unshift((await send([lineOf(word, word)])).id)
    const listed: string[] = []
    for await (const { id } of client().batches.list({ limit: 1 })) listed.push(id)
    expect(listed.slice(0, 2)).toEqual(ids)
    for (const id of ids) expect(await client().batches.cancel(id)).toMatchObject({ status: 'cancelling' })
    for (const id of ids)
      expect(await ended(id)).toMatchObject({ status: 'cancelled', request_counts: { total: 1, completed: 0 } })
    await expect(client().batches.retrieve('batch_none')).rejects.toBeInstanceOf(OpenAI.NotFoundError)
  })
})

it('the page on batches asks, waits, and reads what came', async () => {
  const printed = await runBatchesPage(customer, 'openai')
  expect(
    printed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).custom_id)
      .toSorted(),
  ).toEqual(['question-0', 'question-1'])
})
