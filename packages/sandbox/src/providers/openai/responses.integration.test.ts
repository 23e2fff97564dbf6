import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../index.ts'

let sandbox: Sandbox
let openai: OpenAI

beforeAll(async () => {
  sandbox = await startSandbox()
  openai = clientAt(sandbox.providers.openaiBaseUrl)
})

beforeEach(() => sandbox.providers.control.clear())
afterAll(() => sandbox.close())

function clientAt(baseURL: string, apiKey = sandbox.providers.apiKey): OpenAI {
  return new OpenAI({ baseURL, apiKey, maxRetries: 0 })
}

const model = 'gpt-4o'
const city = { type: 'object', properties: { city: { type: 'string' } } }
const lastCall = async () => (await sandbox.providers.control.calls()).at(-1)

describe('responses', () => {
  const params = { model, input: 'Hi [[sandbox: text="Hi there."]]' }

  it('answer whole and streamed alike', async () => {
    const whole = await openai.responses.create(params)
    expect([whole.status, whole.output_text, whole.usage?.output_tokens]).toEqual(['completed', 'Hi there.', 3])
    const types: string[] = []
    const numbers: number[] = []
    const stream = openai.responses.stream(params)
    for await (const event of stream) {
      types.push(event.type)
      numbers.push(event.sequence_number)
    }
    expect(types).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ])
    expect(numbers).toEqual(numbers.map((_, index) => index))
    const final = await stream.finalResponse()
    expect([final.output_text, final.usage]).toEqual(['Hi there.', whole.usage])
    expect(await lastCall()).toMatchObject({ path: '/openai/v1/responses', outputTokens: 3, isFinished: true })
  })

  it('call functions and take their output', async () => {
    const tools = [{ type: 'function' as const, name: 'look_up', parameters: city, strict: false }]
    const input = [{ role: 'user' as const, content: 'Use look_up' }]
    const asked = await openai.responses.stream({ model, tools, input }).finalResponse()
    const [said, call] = asked.output
    expect(said).toMatchObject({ type: 'message', content: [{ text: 'Let me see what look_up can tell.' }] })
    if (call?.type !== 'function_call') throw new Error('no call')
    expect(call).toMatchObject({ name: 'look_up', arguments: '{"city":"example"}', status: 'completed' })
    const output = { type: 'function_call_output' as const, call_id: call.call_id, output: '21 degrees' }
    const answered = await openai.responses.create({ model, tools, input: [...input, call, output] })
    expect(answered.output_text).toContain('The tool answered: “21 degrees”')
    await expect(openai.responses.create({ model, tools, input: [...input, call] })).rejects.toThrow(
      'No tool output found',
    )
  })

  it.each([
    ['as often as they may', { max_tool_calls: 3 }, '', 3],
    ['ten times when nothing bounds it', {}, '', 10],
    ['as often as the directive says, within bounds', { max_tool_calls: 30 }, ' [[sandbox: searches=25]]', 25],
  ])('search the web %s', async (_name, more, directives, count) => {
    const asked = {
      model,
      tools: [{ type: 'web_search' as const }],
      input: `Please use web_search${directives}`,
      ...more,
    }
    const streamed = await openai.responses.stream(asked).finalResponse()
    for (const { output, usage } of [await openai.responses.create(asked), streamed]) {
      expect(output.filter(({ type }) => type === 'web_search_call')).toHaveLength(count)
      expect(usage?.input_tokens).toBeGreaterThan(count * 2500)
    }
    const [last] = (await sandbox.providers.control.calls()).slice(-1)
    expect(last?.searches).toBe(count)
  })

  it('reason, encrypted on request; stop at the limit; fit a schema', async () => {
    const reasoned = await openai.responses.create({
      ...params,
      model: 'gpt-5',
      reasoning: { effort: 'low' },
      include: ['reasoning.encrypted_content'],
    })
    expect(reasoned.output).toMatchObject([
      { type: 'reasoning', encrypted_content: expect.any(String) },
      { type: 'message' },
    ])
    expect(reasoned.usage).toMatchObject({ output_tokens: 67, output_tokens_details: { reasoning_tokens: 64 } })
    const cut = await openai.responses.create({ model, input: 'Go [[sandbox: tokens=50]]', max_output_tokens: 16 })
    expect(cut).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } })
    const schema = { type: 'object', properties: { ok: { type: 'boolean' } } }
    const fitted = await openai.responses.create({
      model,
      input: 'Hi',
      text: { format: { type: 'json_schema', name: 'it', schema } },
    })
    expect(fitted.output_text).toBe('{"ok":true}')
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['no input', { input: undefined }, "Missing required parameter: 'input'."],
    ['an unknown role', { input: [{ role: 'robot', content: 'Hi' }] }, "'robot'"],
    ['a small limit', { max_output_tokens: 5 }, '>= 16'],
    ['what is not kept', { previous_response_id: 'resp_1' }, "'resp_1' not found"],
    ['an item that is not kept', { input: [{ type: 'item_reference', id: 'msg_1' }] }, "'msg_1' not found"],
    ['reasoning without its content', { input: [{ type: 'reasoning', id: 'rs_1', summary: [] }] }, "'rs_1' not found"],
    [
      'reasoning of another’s',
      { input: [{ type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'x' }] },
      'could not be verified',
    ],
    [
      'output of no call',
      { input: [{ type: 'function_call_output', call_id: 'x', output: 'y' }] },
      'No tool call found',
    ],
  ])('refuse %s', async (_label, change, message) => {
    await expect(openai.responses.create({ ...params, ...change })).rejects.toThrow(message)
  })
})

describe('a later step', () => {
  it('calls the tools that were said for it, in each provider’s format', async () => {
    const tools = ['a', 'b'].map((name) => ({ type: 'function' as const, name, parameters: city, strict: false }))
    const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: 'Go [[sandbox: tool=a then=b]]' }]
    for (const expected of ['a', 'b']) {
      const { output } = await openai.responses.create({ model, input, tools })
      const called = output.find((item) => item.type === 'function_call')
      expect(called?.name).toBe(expected)
      if (called !== undefined)
        input.push(called, { type: 'function_call_output', call_id: called.call_id, output: `of ${expected}` })
    }
    expect((await openai.responses.create({ model, input, tools })).output_text).toContain('of b')
  })

  it('of a newer Gemini has to bring its signature back', async () => {
    const google = clientAt(sandbox.providers.geminiBaseUrl)
    const tools = [{ type: 'function' as const, function: { name: 'a', parameters: city } }]
    const asked = { role: 'user' as const, content: 'Go [[sandbox: tool=a]]' }
    const first = await google.chat.completions.create({ model: 'gemini-3.8-flash', tools, messages: [asked] })
    const turn = first.choices[0]?.message
    const call = turn?.tool_calls?.[0]
    if (turn === undefined || call === undefined) throw new Error('no call')
    expect(call).toHaveProperty('extra_content.google.thought_signature')
    const result = { role: 'tool' as const, tool_call_id: call.id, content: 'x' }
    const ask = (tool_calls: OpenAI.ChatCompletionMessageToolCall[]) =>
      google.chat.completions.create({
        ...{ model: 'gemini-3.8-flash', tools },
        messages: [asked, { role: 'assistant', content: null, tool_calls }, result],
      })
    expect((await ask([call])).choices[0]?.finish_reason).toBe('stop')
    const { extra_content: _signature, ...bare } = Object(call)
    await expect(ask([bare])).rejects.toThrow('missing a thought_signature')
  })
})

describe('embeddings', () => {
  it('are the same for the same text, of length one, in both encodings', async () => {
    const params = { model: 'text-embedding-3-small', input: ['Hi there.', 'Else'] }
    const base64 = await openai.embeddings.create(params)
    const float = await openai.embeddings.create({ ...params, encoding_format: 'float' })
    expect(base64.data.map(({ embedding }) => embedding.length)).toEqual([1536, 1536])
    expect(base64.usage).toEqual({ prompt_tokens: 4, total_tokens: 4 })
    const difference = Math.max(
      ...(base64.data[0]?.embedding ?? []).map((value, index) =>
        Math.abs(value - (float.data[0]?.embedding[index] ?? 9)),
      ),
    )
    expect(difference).toBeLessThan(1e-6)
    expect(Math.hypot(...(float.data[0]?.embedding ?? []))).toBeCloseTo(1, 5)
    expect(base64.data[0]?.embedding).not.toEqual(base64.data[1]?.embedding)
    expect(await lastCall()).toMatchObject({ inputTokens: 4, outputTokens: 0 })
  })

  it('take tokens and fewer dimensions, and refuse nonsense', async () => {
    const small = await openai.embeddings.create({ model: 'text-embedding-3-large', input: [1, 2, 3], dimensions: 8 })
    expect([small.data[0]?.embedding.length, small.usage.prompt_tokens]).toEqual([8, 3])
    for (const change of [{ input: '' }, { input: [] }, { dimensions: 4000 }])
      await expect(
        openai.embeddings.create({ model: 'text-embedding-3-large', input: 'Hi', ...change }),
      ).rejects.toMatchObject({ status: 400 })
  })
})
