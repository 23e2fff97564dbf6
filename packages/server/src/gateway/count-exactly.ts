import { secondMs } from '../kernel/clock.ts'
import {
  addedTokens,
  boundByCount,
  type InputBound,
  largestImageTokens,
  mediaTokens,
  type Prompt,
} from '../wires/ceiling/bound-input.ts'
import { countableText } from '../wires/ceiling/countable-text.ts'
import { oddTokensMax } from '../wires/ceiling/odd-tokens.ts'
import type { CallToAdmit, OutgoingBody } from './admit.ts'
import type { BoundedPrompt } from './bound-call.ts'
import type { GatewayDeps } from './gateway-deps.ts'

const deadlineMs = 5 * secondMs

/**
 * Counts a prompt whose bound cannot be paid: Anthropic counts for its models, a tokenizer in a worker for all others.
 * Nothing is held meanwhile, and one key has only so many counts at a time.
 * @returns null where no count came in time, or not all parts of the prompt can be counted.
 */
export async function countExactly(
  deps: GatewayDeps,
  call: CallToAdmit,
  outgoing: OutgoingBody,
  prompt: BoundedPrompt,
): Promise<InputBound | null> {
  const isByProvider = call.model.ceilings.countedBy === 'provider'
  const counted = await deps.countTurns.run(call.key.keyId, deadlineMs, (deadline) =>
    isByProvider ? countAtProvider(deps, call, outgoing, { prompt, deadline }) : countHere(deps, outgoing, prompt),
  )
  if (counted === null) return null
  const exact = boundByCount(prompt, counted)
  // A provider knows better, also where it counts more than is documented; our own count is no better than the bound.
  return isByProvider || exact.tokens < prompt.bound.tokens ? exact : prompt.bound
}

/** The fields of a Messages body that counting takes. */
const countedFields = [
  ...['model', 'messages', 'system', 'tools', 'tool_choice', 'thinking', 'output_config', 'output_format'],
  ...['cache_control', 'context_management', 'mcp_servers'],
]
const answerBytesMax = 64 * 1024

async function countAtProvider(
  deps: GatewayDeps,
  { prepared, model }: CallToAdmit,
  { fields, clientHeaders }: OutgoingBody,
  { prompt, deadline }: { readonly prompt: Prompt; readonly deadline: AbortSignal },
): Promise<number | null> {
  const named = prompt.parts.images.filter(({ data }) => data === null)
  const largest = named.map(({ detail }) => largestImageTokens(model, detail))
  if (largest.includes(null)) return null
  const answer = await deps.upstreams.ask({
    provider: model.provider,
    path: `${prepared.upstreamPath}/count_tokens`,
    body: JSON.stringify(Object.fromEntries(Object.entries(fields).filter(([name]) => countedFields.includes(name)))),
    headersFor: (apiKey) => prepared.buildUpstreamHeaders(clientHeaders, apiKey),
    signal: deadline,
  })
  if (answer.kind !== 'response') return null
  const body = await answer.body.readWhole(answerBytesMax)
  const count = answer.status === 200 && body !== null ? countIn(body) : null
  // What lies at a URL may be another image by the time of the call.
  return count === null ? null : largest.reduce<number>((sum, tokens) => sum + (tokens ?? 0), count)
}

function countIn(body: Buffer): number | null {
  try {
    const answer: unknown = JSON.parse(body.toString())
    const count = typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'input_tokens') : null
    return Number.isSafeInteger(count) && Number(count) > 0 ? Number(count) : null
  } catch {
    return null
  }
}

/** More than any context window holds of ordinary text. */
const textCharactersMax = 8_000_000
/** Google and xAI keep their tokenizers to themselves. They differ by a fifth at most in what people write. */
const similarTokenizerMargin = 0.2

async function countHere(deps: GatewayDeps, { fields }: OutgoingBody, prompt: Prompt): Promise<number | null> {
  const media = mediaTokens(prompt)
  if (media === null) return null
  const { text, framingTokens } = countableText(fields, prompt.parts)
  if (text.length > textCharactersMax) return null
  const tokens = await deps.counter.countText(text)
  if (tokens === null) return null
  const isOwn = prompt.model.ceilings.countedBy === 'own_tokenizer'
  const textTokens = isOwn ? tokens : Math.ceil(tokens * (1 + similarTokenizerMargin)) + oddTokensMax(text)
  return textTokens + framingTokens + addedTokens(prompt) + media
}
