import { z } from 'zod'

/** What every client asks, and what the sandbox answers to it. */

export const families = [
  { family: 'Anthropic', model: 'anthropic/claude-sonnet-4-20250514' },
  { family: 'OpenAI', model: 'openai/gpt-4o' },
] as const

export const greeting = { prompt: 'Hello [[sandbox: text="Grüße, 🙂 there!"]]', answer: 'Grüße, 🙂 there!' }

export const weather = {
  prompt: `What is the weather in Turin? [[sandbox: tool=get_weather tool-input='{"city":"Turin"}']]`,
  tool: 'get_weather',
  description: 'Tells the weather in a city',
  schema: {
    type: 'object' as const,
    properties: { city: { type: 'string' as const } },
    required: ['city'],
    additionalProperties: false,
  },
  input: { city: 'Turin' },
  result: '21 degrees and sunny',
}

/** The sandbox answers with the smallest value that fits: only a schema that reached it can give these words. */
export const report = {
  prompt: 'Report the weather.',
  zod: z.object({ city: z.string(), sunny: z.boolean() }),
  answer: { city: 'example', sunny: true },
}

/** How each refusal reads: the status, our code, and what the message has to tell. */
export const refusals = [
  { refusal: 'a revoked key', with: 'revokedKey', status: 401, code: 'invalid_user_key', message: /revoked/ },
  { refusal: 'no credits', with: 'brokeKey', status: 402, code: 'insufficient_credits', message: /Top up .*http/ },
  {
    refusal: 'too many calls',
    with: 'throttledKey',
    status: 429,
    code: 'rate_limited',
    message: /too many requests.*try again/i,
  },
] as const
