import { secondMs } from '../kernel/clock.ts'
import type { Model, ModelProvider } from './catalogue.ts'

/** How fast models generate, in output tokens a second. One per server, in memory: a restart begins with the defaults. */
export interface GenerationSpeeds {
  /** Faster than the model is expected to generate: what a hold has to keep ahead of. */
  topTokensPerSecond(model: SpeedModel): number
  /** As fast as the model usually generates: what a call is charged by where no count ever comes. */
  typicalTokensPerSecond(model: SpeedModel): number
  /** Learns from a call that the provider has counted. @param elapsedMs from its sending to its end. */
  note(model: SpeedModel, call: { readonly outputTokens: number; readonly elapsedMs: number }): void
}

type SpeedModel = Pick<Model, 'id' | 'provider' | 'upstreamId'>

type Line = readonly [pattern: RegExp, typical: number, top: number, source: string]

/**
 * Defaults of models that may think unseen. `typical` is a published median; `top` a published maximum, or half as much
 * again as the median. The first line that fits; a model without one has no figure that we can name.
 */
const lines: Readonly<Record<ModelProvider, readonly Line[]>> = {
  anthropic: [
    // Its fast mode, which is not on offer here, is an upper bound and 2.5 times the standard one.
    [/^claude-opus-5-5/, 130, 330, 'https://vercel.com/ai-gateway/models/claude-opus-5.5-fast'],
    [/^claude-opus-5(-\d{8})?$/, 50, 103, 'https://vercel.com/ai-gateway/models/claude-opus-5-fast/providers'],
    [/^claude-sonnet-5(-\d{8})?$/, 101, 152, 'https://vercel.com/ai-gateway/models/sonnet-5'],
    [
      /^claude-opus-4-[5-8]/,
      52,
      90,
      'https://callsphere.ai/blog/gpt-5-5-vs-claude-opus-4-7-latency-speed-throughput-2026',
    ],
    [/^claude-opus-4/, 45, 68, 'https://lattice.uptownhr.com/claude-opus-4-5/speed-analysis'],
    [/^claude-sonnet-4/, 71, 105, 'https://induwara.lk/tools/ai-llm-speed-comparison'],
    [/^claude-haiku-4/, 120, 180, 'https://tokenwisehq.com/free-tools/model-speed'],
  ],
  openai: [
    [/^gpt-5\.4-(mini|nano)/, 201, 302, 'https://benchlm.ai/llm-speed'],
    [/^gpt-5\.5$/, 65, 120, 'https://callsphere.ai/blog/gpt-5-5-vs-claude-opus-4-7-latency-speed-throughput-2026'],
    [/^gpt-5\.4$/, 94, 141, 'https://elliotgate.com/use-cases/fastest-llm-api'],
    [/^gpt-5\.[12]$/, 92, 138, 'https://www.aitoolrank.net/reviews/fastest-ai-models-2026'],
    [/^o3$/, 115, 173, 'https://community.openai.com/t/inference-speed-of-different-models/1307310'],
    [/^o4-mini/, 179, 269, 'https://community.openai.com/t/inference-speed-of-different-models/1307310'],
    [/^o3-mini/, 160, 240, 'https://benchlm.ai/llm-speed'],
  ],
  google: [
    [
      /^gemini-3\.5-flash$/,
      280,
      420,
      'https://www.staticwrites.online/2026/05/gemini-3-5-flash-vs-gpt-5-5-speed-test.html',
    ],
    [/^gemini-3\.1-pro/, 113, 170, 'https://www.aitoolrank.net/reviews/fastest-ai-models-2026'],
    [/^gemini-2\.5-flash$/, 221, 332, 'https://benchlm.ai/llm-speed'],
  ],
  xai: [
    [/^grok-3-mini/, 190, 285, 'https://benchlm.ai/llm-speed'],
    [/^grok-code-fast/, 172, 258, 'https://benchlm.ai/llm-speed'],
    [/^grok-4\.20/, 233, 350, 'https://benchlm.ai/llm-speed'],
  ],
}

/** Providers have faster hours than those in which they were measured. */
const margin = 1.25
const unknownTop = 400
const unknownTypical = 100
/** No provider on offer generates faster; what looks so is an answer that was kept ready. */
const believableMax = 1000
/** A shorter call shows how fast a connection is, not a model. */
const notedTokensMin = 256
const notedElapsedMsMin = secondMs / 2
/** In a short answer the time before its first word counts for too much. */
const typicalTokensMin = 1024
/** How much one call changes what is typical, and how far all of them can lower it. */
const weight = 1 / 16
const typicalShareMin = 0.5

interface Seen {
  typical: number
  top: number
}

export function createGenerationSpeeds(): GenerationSpeeds {
  const seen = new Map<string, Seen>()
  return {
    topTokensPerSecond(model) {
      const [, , top = null] = lineOf(model) ?? []
      const shown = (seen.get(model.id)?.top ?? 0) * margin
      return Math.max(shown, top === null ? unknownTop : top * margin)
    },
    typicalTokensPerSecond: (model) => seen.get(model.id)?.typical ?? defaultTypical(model),
    note(model, { outputTokens, elapsedMs }) {
      if (outputTokens < notedTokensMin || elapsedMs < notedElapsedMsMin) return
      const speed = Math.min(believableMax, (outputTokens / elapsedMs) * secondMs)
      const known = seen.get(model.id) ?? { typical: defaultTypical(model), top: 0 }
      known.top = Math.max(known.top, speed)
      if (outputTokens >= typicalTokensMin) known.typical += (speed - known.typical) * weight
      known.typical = Math.max(known.typical, defaultTypical(model) * typicalShareMin)
      seen.set(model.id, known)
    },
  }
}

function defaultTypical(model: SpeedModel): number {
  const [, typical = unknownTypical] = lineOf(model) ?? []
  return typical
}

function lineOf({ provider, upstreamId }: SpeedModel): Line | undefined {
  return lines[provider].find(([pattern]) => pattern.test(upstreamId))
}
