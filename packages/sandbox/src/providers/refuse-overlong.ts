import type { Asked } from './exchange.ts'
import { factsOf } from './measure/model-facts.ts'
import type { PromptUsage } from './prompt-cache.ts'
import { type ProviderName, ProviderProblem } from './provider-problem.ts'

const longContextBeta = /\bcontext-1m-/
const longContextTokens = 1_000_000

/**
 * Refuses a prompt that is longer than the context window of its model, as the providers do. A prompt whose length a
 * directive made up passes.
 * @throws ProviderProblem 400 in the provider's words.
 */
export function refuseOverlong({ header, body, call, directives }: Asked, counted: PromptUsage): void {
  if (directives.isWorstInput) return
  const { inputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens } = counted
  const tokens = inputTokens + cacheReadTokens + cacheWrite5mTokens + cacheWrite1hTokens
  const { contextWindow } = factsOf(call.model)
  const isLong = call.provider === 'anthropic' && longContextBeta.test(header('anthropic-beta') ?? '')
  const tokensMax = isLong ? Math.max(contextWindow, longContextTokens) : contextWindow
  if (tokens <= tokensMax) return
  throw new ProviderProblem(400, words[call.provider](tokens, tokensMax, 'input' in body), {
    ...(call.provider === 'openai'
      ? { param: 'input' in body ? 'input' : 'messages', code: 'context_length_exceeded' }
      : {}),
  })
}

const words: Readonly<Record<ProviderName, (tokens: number, tokensMax: number, isResponses: boolean) => string>> = {
  anthropic: (tokens, tokensMax) => `prompt is too long: ${tokens} tokens > ${tokensMax} maximum`,
  openai: (tokens, tokensMax, isResponses) =>
    isResponses
      ? 'Your input exceeds the context window of this model. Please adjust your input and try again.'
      : `This model's maximum context length is ${tokensMax} tokens. However, your messages resulted in ${tokens} tokens. Please reduce the length of the messages.`,
  google: (tokens, tokensMax) =>
    `The input token count (${tokens}) exceeds the maximum number of tokens allowed (${tokensMax}).`,
  xai: (tokens, tokensMax) =>
    `This model's maximum prompt length is ${tokensMax} but the request contains ${tokens} tokens.`,
}
