import Anthropic from '@anthropic-ai/sdk'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../index.ts'

let sandbox: Sandbox
let anthropic: Anthropic

beforeAll(async () => {
  sandbox = await startSandbox()
  anthropic = clientWith(sandbox.providers.apiKey)
})

beforeEach(async () => {
  await sandbox.providers.control.clear()
  await sandbox.providers.control.planBatches()
})
afterAll(() => sandbox.close())

function clientWith(apiKey: string): Anthropic {
  return new Anthropic({ baseURL: sandbox.providers.anthropicBaseUrl, apiKey, maxRetries: 0 })
}

const model = 'claude-sonnet-4-20250514'
const params = (content: string, more: object = {}) => ({
  model,
  max_tokens: 50,
  messages: [{ role: 'user' as const, content }],
  ...more,
})
type Requests = Anthropic.Messages.BatchCreateParams.Request[]
const numbered = (contents: readonly string[]): Requests =>
  contents.map((content, index) => ({ custom_id: `item-${index}`, params: params(content) }))
const create = (requests: Requests) => anthropic.messages.batches.create({ requests })

async function untilEnded(id: string): Promise<Anthropic.Messages.MessageBatch> {
  for (;;) {
    const batch = await anthropic.messages.batches.retrieve(id)
    if (batch.processing_status === 'ended') return batch
  }
}

async function resultsOf(id: string) {
  const lines: Anthropic.Messages.MessageBatchIndividualResponse[] = []
  for await (const line of await anthropic.messages.batches.results(id)) lines.push(line)
  return lines
}

async function fateOf(id: string): Promise<Readonly<Record<string, string>>> {
  return Object.fromEntries((await resultsOf(id)).map(({ custom_id, result }) => [custom_id, result.type]))
}

describe('batches', () => {
  it('answer every item as a call is answered, shuffled, and bill what succeeded', async () => {
    const contents = ['one', 'two', 'three', 'four [[sandbox: batch:no-usage]]', 'five [[sandbox: tokens=9]]']
    const made = await create(numbered(contents))
    const requestCounts = { processing: 5, succeeded: 0, errored: 0, canceled: 0, expired: 0 }
    expect(made).toMatchObject({
      id: expect.stringMatching(/^msgbatch_/),
      type: 'message_batch',
      processing_status: 'in_progress',
      request_counts: requestCounts,
      ended_at: null,
      cancel_initiated_at: null,
      archived_at: null,
      results_url: null,
    })
    expect(Date.parse(made.expires_at) - Date.parse(made.created_at)).toBe(86_400_000)
    const ended = await untilEnded(made.id)
    expect(ended.request_counts).toEqual({ ...requestCounts, processing: 0, succeeded: 5 })
    expect(ended.results_url).toBe(`${sandbox.providers.anthropicBaseUrl}/v1/messages/batches/${made.id}/results`)
    const lines = await resultsOf(made.id)
    const order = lines.map(({ custom_id: id }) => id)
    expect(order).not.toEqual(contents.map((_, index) => `item-${index}`))
    expect((await resultsOf(made.id)).map(({ custom_id: id }) => id)).toEqual(order)
    const billed = await sandbox.providers.control.billedItems()
    expect(billed).toHaveLength(5)
    for (const { custom_id: customId, result } of lines) {
      if (result.type !== 'succeeded') throw new Error(result.type)
      const call = billed.find((item) => item.customId === customId)?.call
      expect(call).toMatchObject({ model, apiKey: sandbox.providers.apiKey, status: 200 })
      if (customId === 'item-3') expect(result.message).not.toHaveProperty('usage')
      else
        expect(result.message.usage).toMatchObject({
          input_tokens: call?.inputTokens,
          output_tokens: call?.outputTokens,
          service_tier: 'batch',
        })
    }
    const alone = await anthropic.messages.create(params('one'))
    expect(billed[0]?.call).toMatchObject({
      inputTokens: alone.usage.input_tokens,
      outputTokens: alone.usage.output_tokens,
    })
    // Only the call by itself is in the record of calls.
    expect(await sandbox.providers.control.calls()).toHaveLength(1)
  })

  it('look at the items only after they were taken, and bill nothing that did not succeed', async () => {
    const { id } = await create([
      ...numbered([
        'good',
        '[[sandbox: batch:errored]]',
        '[[sandbox: batch:errored=529]]',
        '[[sandbox: batch:expired]]',
        '[[sandbox: batch:canceled]]',
        '[[sandbox: status=429]]',
      ]),
      { custom_id: 'unknown-field', params: params('Hi', { seed: 1 }) },
      { custom_id: 'streamed', params: params('Hi', { stream: true }) },
      { custom_id: 'no-model', params: params('Hi', { model: 'claude-none'.slice(7) }) },
      {
        custom_id: 'no-file',
        params: params('Hi', {
          messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'file', file_id: 'file_none' } }] }],
        }),
      },
    ] as Requests)
    const { request_counts: counts } = await untilEnded(id)
    expect(counts).toEqual({ processing: 0, succeeded: 1, errored: 7, canceled: 1, expired: 1 })
    const errors = new Map(
      (await resultsOf(id)).flatMap(({ custom_id: customId, result }) =>
        result.type === 'errored' ? [[customId, result.error.error] as const] : [],
      ),
    )
    expect(errors.get('item-1')).toMatchObject({ type: 'api_error' })
    expect(errors.get('item-2')).toMatchObject({ type: 'overloaded_error' })
    expect(errors.get('unknown-field')).toMatchObject({ message: 'seed: Extra inputs are not permitted' })
    expect(errors.get('no-model')).toMatchObject({ type: 'not_found_error' })
    expect(errors.get('no-file')).toMatchObject({ type: 'not_found_error' })
    expect((await sandbox.providers.control.billedItems()).map(({ customId }) => customId)).toEqual(['item-0'])
  })

  it.each([
    ['no requests', {}, 'requests: Field required'],
    ['an empty list', { requests: [] }, 'at least 1 item'],
    ['a field that there is not', { requests: numbered(['a']), metadata: {} }, 'metadata: Extra inputs'],
    [
      'a field of a request that there is not',
      { requests: [{ custom_id: 'a', params: {}, method: 'POST' }] },
      'requests.0.method',
    ],
    ['an id with a dot', { requests: [{ custom_id: 'a.b', params: {} }] }, 'should match pattern'],
    [
      'the same id twice',
      {
        requests: [
          { custom_id: 'a', params: {} },
          { custom_id: 'a', params: {} },
        ],
      },
      'not unique',
    ],
  ])('refuse %s at once', async (_, body, words) => {
    const refused = anthropic.messages.batches.create(body as { requests: Requests })
    await expect(refused).rejects.toMatchObject({ status: 400, apiMessage: expect.stringContaining(words) })
  })

  it('are canceled but for what was under way, and deleted only then', async () => {
    const { control } = sandbox.providers
    await control.planBatches({ endsAfterMs: null, cancelingMs: 30 }, 1)
    const { id } = await create(numbered(['a', 'b', 'c']))
    const { batches } = anthropic.messages
    await expect(batches.delete(id)).rejects.toMatchObject({ status: 400 })
    await expect(batches.results(id)).rejects.toThrow(/finished processing/)
    expect(await batches.cancel(id)).toMatchObject({
      processing_status: 'canceling',
      cancel_initiated_at: expect.any(String),
      request_counts: { processing: 3, canceled: 0 },
    })
    expect((await untilEnded(id)).request_counts).toMatchObject({ succeeded: 1, canceled: 2 })
    expect(await fateOf(id)).toEqual({ 'item-0': 'canceled', 'item-1': 'succeeded', 'item-2': 'canceled' })
    expect(await control.billedItems()).toHaveLength(1)
    await expect(batches.cancel(id)).rejects.toMatchObject({ status: 400 })
    expect(await batches.delete(id)).toEqual({ id, type: 'message_batch_deleted' })
    await expect(batches.retrieve(id)).rejects.toMatchObject({ status: 404 })
  })

  it('expire after a day, and their results are archived after 29', async () => {
    const { control } = sandbox.providers
    await control.planBatches({ endsAfterMs: null }, 1)
    const { id } = await create(numbered(['a', 'b']))
    await control.passTime(24 * 3_600_000)
    expect(await fateOf(id)).toEqual({ 'item-0': 'expired', 'item-1': 'succeeded' })
    await control.planBatches({ isExpiring: true }, 1)
    const early = await create(numbered(['a', 'b']))
    expect((await untilEnded(early.id)).request_counts).toMatchObject({ expired: 1, succeeded: 1 })
    await control.passTime(28 * 24 * 3_600_000)
    expect(await anthropic.messages.batches.retrieve(id)).toMatchObject({
      archived_at: expect.any(String),
      results_url: null,
    })
  })

  it('go wrong as planned', async () => {
    const { control } = sandbox.providers
    await control.planBatches({ createFailure: 529 }, 1)
    await expect(create(numbered(['a']))).rejects.toMatchObject({ status: 529 })
    const before = (await control.batches()).length
    await control.planBatches({ isCreateAnswerLost: true }, 1)
    await expect(create(numbered(['lost']))).rejects.toBeInstanceOf(Anthropic.APIConnectionError)
    const made = await control.batches()
    expect(made).toHaveLength(before + 1)
    expect((await anthropic.messages.batches.list({ limit: 1 })).data).toMatchObject([{ id: made.at(-1)?.id }])
    await control.planBatches({ hiddenLooks: 2, isLineDoubled: true, cutAfterLines: 1, isReshuffled: true }, 1)
    const { id } = await create(numbered(['a', 'b', 'c']))
    for (const _ of [1, 2]) await expect(untilEnded(id)).rejects.toMatchObject({ status: 404 })
    await untilEnded(id)
    const read: string[] = []
    const cutOff = async () => {
      for await (const { custom_id: customId } of await anthropic.messages.batches.results(id)) read.push(customId)
    }
    await expect(cutOff()).rejects.toThrow()
    expect(read).toHaveLength(1)
    const whole = (await resultsOf(id)).map(({ custom_id: customId }) => customId)
    expect(whole).toHaveLength(4)
    expect(new Set(whole).size).toBe(3)
    await control.failKey(sandbox.providers.apiKey, 401)
    await expect(anthropic.messages.batches.retrieve(id)).rejects.toMatchObject({ status: 401 })
    await control.failKey(sandbox.providers.apiKey, 0)
  })

  it('are seen with the key that made them only, and listed from the newest to the oldest', async () => {
    await sandbox.providers.control.planBatches({ endsAfterMs: null }, 3)
    const key = `${sandbox.providers.apiKey}-apart`
    const apart = clientWith(key)
    const ids: string[] = []
    for (const name of ['a', 'b', 'c']) {
      const { id } = await apart.messages.batches.create({ requests: numbered([name]) })
      ids.unshift(id)
    }
    const [first = ''] = ids
    await expect(anthropic.messages.batches.retrieve(first)).rejects.toMatchObject({ status: 404 })
    await expect(anthropic.messages.batches.cancel(first)).rejects.toMatchObject({ status: 404 })
    const listed: string[] = []
    for await (const { id } of apart.messages.batches.list({ limit: 2 })) listed.push(id)
    expect(listed).toEqual(ids)
    await sandbox.providers.control.endBatch(first)
    expect(await apart.messages.batches.retrieve(first)).toMatchObject({ processing_status: 'ended' })
  })
})
