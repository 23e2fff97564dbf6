import { countPages } from '../counting/count-pages.ts'
import { countText, splitText } from '../counting/count-text.ts'
import type { Counter } from '../counting/counter.ts'
import type { UpstreamOutcome } from '../gateway/forward.ts'
import { createCatalogue } from '../pricing/catalogue.ts'
import { createGenerationSpeeds } from '../pricing/generation-speed.ts'
import { noOperatorModels } from '../pricing/operator-models.ts'
import { SseScanner } from '../wires/sse-scanner.ts'
import { createSimulatedUpstreams } from './simulated-upstreams.ts'

/** The counters' own functions, without the threads around them. */
export const counter: Counter = {
  countText: (text) => Promise.resolve(countText(text)),
  countTexts: (texts) => Promise.resolve(texts.reduce((sum, text) => sum + countText(text), 0)),
  splitText: (text, tokensMax) => Promise.resolve(splitText(text, tokensMax)),
  countPages: (pdf) => countPages(Buffer.from(pdf, 'base64')),
  readPrompt: () => Promise.resolve(null),
  close: () => Promise.resolve(),
}

const clock = { nowMs: () => Date.UTC(2026, 10, 1) }
export const catalogue = createCatalogue(noOperatorModels, clock.nowMs())
const upstreams = createSimulatedUpstreams({
  ...{ counter, catalogue, clock, pauseMs: 0 },
  speeds: { ...createGenerationSpeeds(), typicalTokensPerSecond: () => 100_000 },
})

/** Where each family is asked. */
export const families = {
  messages: { provider: 'anthropic', path: '/v1/messages', model: 'claude-sonnet-4-5-20250929' },
  chat: { provider: 'openai', path: '/chat/completions', model: 'gpt-4o' },
  responses: { provider: 'openai', path: '/responses', model: 'gpt-4o' },
  embeddings: { provider: 'openai', path: '/embeddings', model: 'text-embedding-3-small' },
} as const
export type Family = keyof typeof families

export function forward(family: Family, body: object, path: string = families[family].path): Promise<UpstreamOutcome> {
  const { provider, model } = families[family]
  return upstreams.forward({
    ...{ provider, path, body: JSON.stringify({ model, ...body }) },
    headersFor: () => ({}),
    signal: new AbortController().signal,
  })
}

/** A request that says this, in each format. */
export function asks(family: Family, text: string, maxTokens?: number): object {
  switch (family) {
    case 'messages':
      return { max_tokens: maxTokens ?? 1000, messages: [{ role: 'user', content: text }] }
    case 'chat':
      return { messages: [{ role: 'user', content: text }], max_completion_tokens: maxTokens }
    case 'responses':
      return { input: [{ role: 'user', content: [{ type: 'input_text', text }] }], max_output_tokens: maxTokens }
    case 'embeddings':
      return { input: text }
  }
}

export async function whole(family: Family, body: object): Promise<Record<string, unknown>> {
  const answer = await forward(family, body)
  if (answer.kind !== 'response') throw new Error(answer.reason)
  const bytes = await answer.body.readWhole(100_000_000)
  return { ...JSON.parse(String(bytes)), status: answer.status }
}

/** The events of a stream, read in parts of so many bytes. */
export async function events(family: Family, body: object, partBytes = 1_000_000) {
  const more = family === 'chat' ? { stream_options: { include_usage: true } } : {}
  const answer = await forward(family, { ...body, stream: true, ...more })
  if (answer.kind !== 'response') throw new Error(answer.reason)
  const scanner = new SseScanner()
  const bytes: Buffer = Buffer.concat(await answer.body.stream().toArray())
  return Array.from({ length: Math.ceil(bytes.length / partBytes) }, (_, index) =>
    scanner.push(bytes.subarray(index * partBytes, (index + 1) * partBytes)),
  ).flat()
}
