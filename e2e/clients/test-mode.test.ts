import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import Anthropic from '@anthropic-ai/sdk'
import { generateText, isStepCount, Output, streamText, tool } from 'ai'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { direct } from '../process/api-client.ts'
import { grantTestCredits } from '../process/test-user.ts'
import { type Stack, startStack } from '../stack.ts'
import { report, weather } from './asks.ts'

/** The clients that people use, with a test key and without a provider: going live is a change of one key. */
let stack: Stack
let apiKey: string
let baseURL: string

beforeAll(async () => {
  const noProviders = { ANTHROPIC_API_KEY: '', OPENAI_API_KEY: '', GEMINI_API_KEY: '', XAI_API_KEY: '' }
  stack = await startStack({ environment: noProviders })
  apiKey = grantTestCredits(stack, stack.createPartner()).key
  baseURL = `${direct(stack)}/v1`
}, 60_000)
afterAll(() => stack.close())

const prompt = `What is the weather? simulate:tool=${weather.tool}`
const answered = `The tool answered: “${weather.result}`
const models = ['openai/gpt-5', 'anthropic/claude-sonnet-4-5'] as const

describe.concurrent.each(models)('simulated %s', (model) => {
  const inputs: unknown[] = []
  const execute = (input: unknown) => {
    inputs.push(input)
    return weather.result
  }

  it('runs the loop of tools of every client, and streams', async () => {
    const openai = new OpenAI({ baseURL, apiKey, maxRetries: 0 })
    const loop = openai.chat.completions.runTools({
      ...{ model, stream: true, messages: [{ role: 'user', content: prompt }] },
      tools: [
        {
          type: 'function',
          function: {
            name: weather.tool,
            description: '',
            parameters: weather.schema,
            parse: JSON.parse,
            function: execute,
          },
        },
      ],
    })
    expect(await loop.finalContent()).toContain(answered)

    const anthropic = new Anthropic({ baseURL: direct(stack), apiKey, maxRetries: 0 })
    const runner = anthropic.beta.messages.toolRunner({
      ...{ model, max_tokens: 2000, stream: true, messages: [{ role: 'user', content: prompt }] },
      tools: [{ name: weather.tool, input_schema: weather.schema, run: execute, parse: (input: unknown) => input }],
    })
    const turns = []
    for await (const stream of runner) turns.push(await stream.finalMessage())
    expect(turns.map((turn) => turn.stop_reason)).toEqual(['tool_use', 'end_turn'])
    expect(JSON.stringify(turns.at(-1)?.content)).toContain(answered)

    for (const by of [createOpenAI({ baseURL, apiKey })(model), createAnthropic({ baseURL, apiKey })(model)]) {
      const stream = streamText({
        ...{ model: by, prompt, stopWhen: isStepCount(3) },
        tools: { [weather.tool]: tool({ inputSchema: z.object({ city: z.string() }), execute }) },
      })
      expect(await stream.text).toContain(answered)
      expect(await stream.steps).toHaveLength(2)
      const { output, usage } = await generateText({
        model: by,
        prompt: 'Report.',
        output: Output.object({ schema: report.zod }),
      })
      expect(output).toEqual(report.answer)
      expect(usage.inputTokens).toBeGreaterThan(0)
    }
    expect(inputs).toEqual(Array.from({ length: 4 }, () => ({ city: 'example' })))
  })

  it('thinks, continues what was kept, and embeds', async () => {
    const openai = new OpenAI({ baseURL, apiKey, maxRetries: 0 })
    const first = await openai.responses.create({ model, input: 'Think.', reasoning: { effort: 'medium' } })
    const stream = openai.responses.stream({ model, input: 'And now?', previous_response_id: first.id })
    const second = await stream.finalResponse()
    expect(second.output_text).toContain('You said: “And now?”')
    expect(Number(second.usage?.input_tokens)).toBeGreaterThan(Number(first.usage?.input_tokens))
    const vectors = await openai.embeddings.create({ model: 'openai/text-embedding-3-small', input: ['a', 'b'] })
    expect(vectors.data.map(({ embedding }) => embedding.length)).toEqual([1536, 1536])
  })
})
