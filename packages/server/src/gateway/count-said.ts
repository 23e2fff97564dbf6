import type { Counter } from '../counting/counter.ts'
import { secondMs } from '../kernel/clock.ts'
import type { Model, ModelProvider } from '../pricing/catalogue.ts'
import { buildUpstreamHeaders } from '../wires/anthropic-messages/build-upstream-request.ts'
import type { Upstreams } from './forward.ts'

/** Counts what models have said, where their providers have not (yet) counted it. Never on the event loop. */
export interface SaidCounter {
  /** By the model's own tokenizer, or as near to it as can be had. @returns null when it cannot be counted in time. */
  count(model: Model, text: string): Promise<number | null>
  /** Never less than the model's own count, and cheap: no provider is asked. */
  bound(model: Model, text: string): Promise<number>
}

/** No published comparison shows a tokenizer of another family make twice as many tokens of a text as OpenAI's newest. */
const boundFactors: Readonly<Record<ModelProvider, number>> = { openai: 1, anthropic: 2, google: 2, xai: 2 }

const askTimeoutMs = 5 * secondMs
const countBytesMax = 64 * 1024

export function createSaidCounter(deps: { readonly counter: Counter; readonly upstreams: Upstreams }): SaidCounter {
  /** What the frame of a message adds to its words, by model. */
  const framings = new Map<string, number>()

  const ask = async (model: Model, text: string): Promise<number | null> => {
    const upstream = await deps.upstreams.forward({
      provider: 'anthropic',
      path: '/v1/messages/count_tokens',
      body: JSON.stringify({ model: model.upstreamId, messages: [{ role: 'user', content: text }] }),
      headersFor: (apiKey) => buildUpstreamHeaders({}, apiKey),
      signal: AbortSignal.timeout(askTimeoutMs),
    })
    if (upstream.kind !== 'response') return null
    const body = await upstream.body.readWhole(countBytesMax)
    return upstream.status === 200 && body !== null ? readCount(body) : null
  }
  const framingOf = async (model: Model): Promise<number | null> => {
    const known = framings.get(model.id)
    if (known !== undefined) return known
    const count = await ask(model, 'a')
    if (count !== null) framings.set(model.id, count - 1)
    return count === null ? null : count - 1
  }
  /** Anthropic's tokenizer is not public, but Anthropic counts for nothing. */
  const askAnthropic = async (model: Model, text: string): Promise<number | null> => {
    const [framing, count] = await Promise.all([framingOf(model), ask(model, text)])
    return framing === null || count === null ? null : Math.max(0, count - framing)
  }

  return {
    async count(model, text) {
      if (text === '') return 0
      const asked = model.provider === 'anthropic' ? await askAnthropic(model, text) : null
      return asked ?? deps.counter.countText(text)
    },
    async bound(model, text) {
      const counted = await deps.counter.countText(text)
      const bytes = Buffer.byteLength(text)
      // No byte-level tokenizer makes more tokens than there are bytes.
      return counted === null ? bytes : Math.min(bytes, Math.ceil(counted * boundFactors[model.provider]))
    },
  }
}

function readCount(body: Buffer): number | null {
  try {
    const { input_tokens: count } = JSON.parse(body.toString('utf8'))
    return Number.isSafeInteger(count) ? count : null
  } catch {
    return null
  }
}
