import { createOpenAI } from '@ai-sdk/openai'
import { Agent, tool as agentTool, handoff, OpenAIProvider, Runner, setTracingDisabled } from '@openai/agents'
import { generateText, isStepCount, streamText, tool } from 'ai'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { useCustomer } from './customer.ts'

/** Programs that leave their conversation with us, as their libraries do by default. */
const customer = useCustomer()

/** Two tools at once, then one more, with a word before and thoughts before each; the model's last word follows. */
const journey = `Plan it. [[sandbox: tool=get_weather,get_time then=book_table reasoning=12]]`

const models = [
  { family: 'Claude', model: 'anthropic/claude-sonnet-4-20250514', thinking: true },
  { family: 'GPT', model: 'openai/gpt-5', thinking: true },
  { family: 'Gemini', model: 'google/gemini-3.8-flash', thinking: false },
] as const

describe.each(models)('the AI SDK as it comes, $family', ({ model: id, thinking }) => {
  const place = z.object({ city: z.string() })

  it.each(['generateText', 'streamText'] as const)('runs three steps with what it said before: %s', async (how) => {
    const called: string[] = []
    const named = (name: string) =>
      tool({
        description: name,
        inputSchema: place,
        execute: () => {
          called.push(name)
          return `${name} is done`
        },
      })
    const bodies: string[] = []
    const watch: typeof fetch = (url, init) => {
      bodies.push(String(init?.body))
      return fetch(url, init)
    }
    const ask = {
      model: createOpenAI({ baseURL: customer.baseUrl, apiKey: customer.key, fetch: watch })(id),
      prompt: journey,
      stopWhen: isStepCount(4),
      tools: { get_weather: named('get_weather'), get_time: named('get_time'), book_table: named('book_table') },
      maxRetries: 0,
    }
    const answer = how === 'generateText' ? await generateText(ask) : streamText(ask)
    const steps = await answer.steps
    expect(await answer.text).toContain('book_table is done')
    expect(steps).toHaveLength(3)
    expect(called.toSorted()).toEqual(['book_table', 'get_time', 'get_weather'])
    expect(steps[0]?.text).not.toBe('')
    if (thinking) expect(steps[0]?.reasoning.length).toBeGreaterThan(0)
    // Otherwise nothing that was kept would have been asked for.
    expect(bodies.at(-1)).toContain('item_reference')
  })
})

describe('OpenAI’s Agents SDK', () => {
  it('hands a conversation over by previous_response_id', async () => {
    setTracingDisabled(true)
    const client = new OpenAI({ baseURL: customer.baseUrl, apiKey: customer.key, maxRetries: 0 })
    const modelProvider = new OpenAIProvider({ openAIClient: client, useResponses: true })
    const lookUp = agentTool({
      name: 'look_up',
      description: 'Looks an order up',
      parameters: z.object({ city: z.string() }),
      execute: () => 'order 17 is on its way',
    })
    const billing = new Agent({
      name: 'billing',
      instructions: 'You know orders.',
      model: 'openai/gpt-5',
      tools: [lookUp],
    })
    const triage = new Agent({
      name: 'triage',
      instructions: 'You send people on.',
      model: 'anthropic/claude-sonnet-4-20250514',
      handoffs: [handoff(billing, { toolNameOverride: 'to_billing' })],
    })
    const runner = new Runner({ modelProvider })
    const greeted = await runner.run(triage, 'Hello [[sandbox: text="Hello!"]]')
    expect(greeted.finalOutput).toBe('Hello!')
    const answer = await runner.run(triage, 'Where is it? [[sandbox: tool=to_billing then=look_up reasoning=9]]', {
      previousResponseId: String(greeted.lastResponseId),
    })
    expect(answer.lastAgent?.name).toBe('billing')
    expect(answer.finalOutput).toContain('order 17 is on its way')
    // What was said before is with us only: the SDK sends what is new, and each model is sent all of it.
    const calls = await customer.stack.sandbox.providers.control.calls()
    for (const { body } of calls.slice(-3)) expect(JSON.stringify(body)).toContain('Hello!')
    const kept = await client.responses.retrieve(String(answer.lastResponseId))
    expect(kept).toMatchObject({ id: answer.lastResponseId, model: 'gpt-5', store: true })
  })
})

describe('OpenAI’s own client', () => {
  const client = () => new OpenAI({ baseURL: customer.baseUrl, apiKey: customer.key, maxRetries: 0 })

  it('sends back what it got, reasoning and all, as OpenAI’s own examples do', async () => {
    const input: OpenAI.Responses.ResponseInput = [
      { role: 'user', content: 'Weather? [[sandbox: tool=get_weather reasoning=20]]' },
    ]
    const ask = {
      model: 'openai/gpt-5',
      tools: [{ type: 'function' as const, name: 'get_weather', parameters: {}, strict: false }],
    }
    const first = await client().responses.create({ ...ask, input })
    expect(first.output.find(({ type }) => type === 'reasoning')).not.toHaveProperty('encrypted_content')
    input.push(...(first.output as OpenAI.Responses.ResponseInputItem[]))
    for (const item of first.output)
      if (item.type === 'function_call')
        input.push({ type: 'function_call_output', call_id: item.call_id, output: '21 degrees' })
    const second = await client().responses.create({ ...ask, input })
    expect(second.output_text).toContain('21 degrees')
  })

  it('reads, lists and deletes what it has kept', async () => {
    const made = await client().responses.create({
      model: 'anthropic/claude-sonnet-4-20250514',
      input: [1, 2, 3].map((number) => ({ role: 'user' as const, content: `number ${number}` })),
    })
    const kept = await client().responses.retrieve(made.id)
    expect(kept).toEqual(made)
    const items = []
    for await (const item of client().responses.inputItems.list(made.id, { limit: 2, order: 'asc' })) items.push(item)
    expect(items).toMatchObject([1, 2, 3].map((number) => ({ content: [{ text: `number ${number}` }] })))
    await client().responses.delete(made.id)
    await expect(client().responses.retrieve(made.id)).rejects.toMatchObject({ status: 404 })
    await expect(
      client().responses.create({ model: 'openai/gpt-4o', input: 'Hi', previous_response_id: made.id }),
    ).rejects.toMatchObject({ status: 400, message: expect.stringContaining('not found or expired') })
  })
})
