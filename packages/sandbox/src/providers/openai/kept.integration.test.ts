import OpenAI, { toFile } from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../index.ts'

let sandbox: Sandbox
let openai: OpenAI
let other: OpenAI

beforeAll(async () => {
  sandbox = await startSandbox()
  openai = clientWith(sandbox.providers.apiKey)
  other = clientWith(`${sandbox.providers.apiKey}-other`)
})

beforeEach(async () => {
  await sandbox.providers.control.clear()
  await sandbox.providers.control.planBatches()
})
afterAll(() => sandbox.close())

function clientWith(apiKey: string): OpenAI {
  return new OpenAI({ baseURL: sandbox.providers.openaiBaseUrl, apiKey, maxRetries: 0 })
}

const upload = async (name: string, content: string, purpose: OpenAI.FilePurpose, more: object = {}) =>
  openai.files.create({ file: await toFile(Buffer.from(content), name), purpose, ...more })

describe('files', () => {
  it('are uploaded, described and deleted, in the workspace of their key only', async () => {
    const expires_after = { anchor: 'created_at', seconds: 3600 } as const
    const file = await upload('notes.txt', 'The word is elderberry.', 'user_data', { expires_after })
    expect(file).toMatchObject({ object: 'file', bytes: 23, filename: 'notes.txt', purpose: 'user_data' })
    expect(Number(file.expires_at) - file.created_at).toBe(3600)
    expect(await openai.files.retrieve(file.id)).toEqual(file)
    await expect(openai.files.content(file.id)).rejects.toMatchObject({ status: 400 })
    await expect(other.files.retrieve(file.id)).rejects.toMatchObject({ status: 404, param: 'id' })
    const batch = await upload('in.jsonl', '{}', 'batch')
    expect(Number(batch.expires_at) - batch.created_at).toBe(30 * 24 * 3600)
    expect(await (await openai.files.content(batch.id)).text()).toBe('{}')
    const listed: string[] = []
    for await (const { id } of openai.files.list({ limit: 1, order: 'asc' })) listed.push(id)
    expect(listed).toEqual([file.id, batch.id])
    expect((await openai.files.list({ purpose: 'batch' })).data).toMatchObject([{ id: batch.id }])
    await sandbox.providers.control.passTime(3_600_000)
    await expect(openai.files.retrieve(file.id)).rejects.toMatchObject({ status: 404 })
    expect(await openai.files.delete(batch.id)).toEqual({ id: batch.id, object: 'file', deleted: true })
  })

  it.each([
    ['a purpose that there is not', ['a.txt', 'x', 'batch_output', {}], 'purpose'],
    ['a batch that is no JSONL', ['a.txt', 'x', 'batch', {}], 'file'],
    ['an empty file', ['a.txt', '', 'user_data', {}], 'file'],
    ['a field that there is not', ['a.txt', 'x', 'user_data', { expires_in_seconds: 3600 }], 'expires_in_seconds'],
    [
      'a life that is too long',
      ['a.txt', 'x', 'user_data', { expires_after: { anchor: 'created_at', seconds: 1e9 } }],
      'expires_after.seconds',
    ],
  ] as const)('refuse %s', async (_, [name, content, purpose, more], param) => {
    const refused = upload(name, content, purpose as OpenAI.FilePurpose, more)
    await expect(refused).rejects.toMatchObject({ status: 400, param })
  })

  it('are read where a call names them', async () => {
    const content = 'The word is elderberry.'
    const { id } = await upload('a.txt', content, 'user_data')
    const file_data = `data:text/plain;base64,${Buffer.from(content).toString('base64')}`
    const chat = (file: object) =>
      openai.chat.completions.create({
        model: 'gpt-4o',
        messages: [{ role: 'user', content: [{ type: 'file', file }] }],
      })
    const respond = (file: object) =>
      openai.responses.create({
        model: 'gpt-4o',
        input: [{ role: 'user', content: [{ type: 'input_file', ...file }] }],
      })
    const inline = (await chat({ file_data })).usage?.prompt_tokens
    expect(inline).toBeGreaterThan(5)
    expect((await chat({ file_id: id })).usage?.prompt_tokens).toBe(inline)
    const answered = (await respond({ file_data })).usage?.input_tokens
    expect((await respond({ file_id: id })).usage?.input_tokens).toBe(answered)
    await expect(chat({ file_id: 'file-none' })).rejects.toMatchObject({ status: 404 })
    await expect(respond({ file_id: 'file-none' })).rejects.toMatchObject({ status: 404 })
  })
})

const chatUrl = '/v1/chat/completions'
const line = (customId: string, content: string, more: object = {}) => ({
  custom_id: customId,
  method: 'POST',
  url: chatUrl,
  body: { model: 'gpt-4o', messages: [{ role: 'user', content }], ...more },
})

async function create(lines: readonly unknown[], more: Partial<OpenAI.BatchCreateParams> = {}) {
  const file = await upload('in.jsonl', lines.map((one) => JSON.stringify(one)).join('\n'), 'batch')
  return openai.batches.create({ input_file_id: file.id, endpoint: chatUrl, completion_window: '24h', ...more })
}

async function untilEnded(id: string): Promise<OpenAI.Batch> {
  for (;;) {
    const batch = await openai.batches.retrieve(id)
    if (['completed', 'failed', 'expired', 'cancelled'].includes(batch.status)) return batch
  }
}

interface ResultLine {
  readonly custom_id: string
  readonly response: { readonly status_code: number; readonly body: Record<string, unknown> } | null
  readonly error: { readonly code: string } | null
}

async function linesOf(fileId: string | undefined): Promise<readonly ResultLine[]> {
  const text = await (await openai.files.content(String(fileId))).text()
  return text
    .trimEnd()
    .split('\n')
    .map((json): ResultLine => JSON.parse(json))
}

describe('batches', () => {
  it('answer every line as a call is answered, and put what failed apart', async () => {
    const metadata = { for: 'a test' }
    const made = await create(
      [
        line('a', 'one'),
        line('b', 'two [[sandbox: tokens=9]]'),
        line('c', '[[sandbox: batch:no-usage]]'),
        line('d', '[[sandbox: batch:errored=429]]'),
        line('e', '[[sandbox: batch:expired]]'),
        line('f', 'Hi', { unknown: 1 }),
      ],
      { metadata },
    )
    expect(made).toMatchObject({ object: 'batch', status: 'validating', endpoint: chatUrl, metadata })
    const ended = await untilEnded(made.id)
    expect(ended).toMatchObject({ status: 'completed', request_counts: { total: 6, completed: 3, failed: 3 } })
    const output = await linesOf(ended.output_file_id)
    expect(output.map(({ custom_id: id }) => id).toSorted()).toEqual(['a', 'b', 'c'])
    const billed = await sandbox.providers.control.billedItems()
    for (const { custom_id: customId, response } of output) {
      const call = billed.find((item) => item.customId === customId)?.call
      expect(response?.status_code).toBe(200)
      if (customId === 'c') expect(response?.body).not.toHaveProperty('usage')
      else
        expect(response?.body.usage).toMatchObject({
          prompt_tokens: call?.inputTokens,
          completion_tokens: call?.outputTokens,
        })
    }
    expect(ended.usage?.output_tokens).toBe(billed.reduce((sum, { call }) => sum + call.outputTokens, 0))
    const failed = new Map((await linesOf(ended.error_file_id)).map((one) => [one.custom_id, one]))
    expect(failed.get('d')).toMatchObject({ response: { status_code: 429 }, error: null })
    expect(failed.get('e')).toMatchObject({ response: null, error: { code: 'batch_expired' } })
    expect(failed.get('f')?.response?.body).toMatchObject({ error: { message: expect.stringContaining('unknown') } })
  })

  it('answer Responses and embeddings too', async () => {
    const embeddings = await create(
      [
        {
          custom_id: 'a',
          method: 'POST',
          url: '/v1/embeddings',
          body: { model: 'text-embedding-3-small', input: 'x' },
        },
      ],
      { endpoint: '/v1/embeddings', output_expires_after: { anchor: 'created_at', seconds: 3600 } },
    )
    const { output_file_id: id, error_file_id: none } = await untilEnded(embeddings.id)
    expect(none).toBeNull()
    const file = await openai.files.retrieve(String(id))
    expect(file).toMatchObject({ purpose: 'batch_output', expires_at: file.created_at + 3600 })
    const responses = await create(
      [{ custom_id: 'a', method: 'POST', url: '/v1/responses', body: { model: 'gpt-4o', input: 'Hi' } }],
      { endpoint: '/v1/responses' },
    )
    const [answer] = await linesOf((await untilEnded(responses.id)).output_file_id)
    expect(answer?.response?.body).toMatchObject({ object: 'response', status: 'completed' })
  })

  it('fail a little later for what is wrong with their file, with its lines', async () => {
    const { id } = await create([
      line('a', 'x'),
      line('a', 'x'),
      line('b', 'x', { model: 'gpt-5' }),
      'words',
      { ...line('c', 'x'), url: '/v1/responses' },
    ])
    const { status, errors } = await untilEnded(id)
    expect(status).toBe('failed')
    expect(errors?.data?.map(({ code, line: at }) => `${at} ${code}`)).toEqual([
      '2 duplicate_custom_id',
      '3 mismatched_model',
      '4 invalid_json_line',
      '5 url_mismatch',
    ])
    const missing = await openai.batches.create({
      input_file_id: 'file-none',
      endpoint: chatUrl,
      completion_window: '24h',
    })
    expect(await untilEnded(missing.id)).toMatchObject({
      status: 'failed',
      errors: { data: [{ code: 'file_not_found' }] },
    })
    await expect(create([line('a', 'x')], { endpoint: '/v1/completions' })).rejects.toMatchObject({ param: 'endpoint' })
    await expect(create([line('a', 'x')], { timeout: 1 } as object)).rejects.toMatchObject({
      code: 'unknown_parameter',
    })
    expect(await sandbox.providers.control.billedItems()).toEqual([])
  })

  it('are canceled, expire, and go wrong as planned', async () => {
    const { control } = sandbox.providers
    const lines = [line('a', 'x'), line('b', 'x'), line('c', 'x')]
    await control.planBatches({ endsAfterMs: null, cancelingMs: 30 }, 1)
    const { id } = await create(lines)
    expect(await openai.batches.cancel(id)).toMatchObject({ status: 'cancelling' })
    const cancelled = await untilEnded(id)
    expect(cancelled).toMatchObject({ status: 'cancelled', request_counts: { completed: 1, failed: 2 } })
    expect(await linesOf(cancelled.error_file_id)).toMatchObject([
      { response: null, error: { code: 'batch_cancelled' } },
      { response: null, error: { code: 'batch_cancelled' } },
    ])
    await expect(openai.batches.cancel(id)).rejects.toMatchObject({ status: 400 })
    await control.planBatches({ isExpiring: true, isLineDoubled: true, hiddenLooks: 1 }, 1)
    const expiring = await create(lines)
    await expect(openai.batches.retrieve(expiring.id)).rejects.toMatchObject({ status: 404 })
    const expired = await untilEnded(expiring.id)
    expect(expired.status).toBe('expired')
    expect((await linesOf(expired.output_file_id)).map((one) => one.custom_id)).toEqual(['b', 'b'])
    await control.planBatches({ isCreateAnswerLost: true }, 1)
    await expect(create(lines)).rejects.toBeInstanceOf(OpenAI.APIConnectionError)
    const listed = await openai.batches.list({ limit: 1 })
    expect(listed).toMatchObject({ has_more: true, data: [{ id: (await control.batches()).at(-1)?.id }] })
    await expect(other.batches.retrieve(id)).rejects.toMatchObject({ status: 404 })
  })
})
