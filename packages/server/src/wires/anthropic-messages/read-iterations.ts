import { type Buckets, isCredibleCount, type ModelRun, noUsage } from '../../pricing/usage.ts'
import { property } from '../ceiling/prompt-parts.ts'

/** `usage.iterations`: https://platform.claude.com/docs/en/build-with-claude/compaction#understanding-usage. */
const kinds: Readonly<Record<string, ModelRun['kind']>> = {
  message: 'message',
  compaction: 'compaction',
  advisor_message: 'advisor',
  fallback_message: 'fallback',
}

/**
 * The runs that Anthropic made for a message, each with its own counts.
 * @param is1h whether writes that do not say how long they live were written for an hour.
 * @returns null when one of them cannot be believed; [] when there are none.
 */
export function readIterations(iterations: unknown, is1h: boolean): readonly ModelRun[] | null {
  if (!Array.isArray(iterations)) return iterations === null || iterations === undefined ? [] : null
  const runs = iterations.map((iteration) => readIteration(iteration, is1h))
  return runs.every((run) => run !== null) ? runs : null
}

function readIteration(iteration: unknown, is1h: boolean): ModelRun | null {
  const [type, model] = [property(iteration, 'type'), property(iteration, 'model')]
  const usage = bucketsOf(iteration, is1h)
  if (usage === null) return null
  return {
    kind: typeof type === 'string' ? (kinds[type] ?? 'other') : 'other',
    model: typeof model === 'string' && model !== '' ? model : null,
    usage,
  }
}

function bucketsOf(iteration: unknown, is1h: boolean): Buckets | null {
  const split = property(iteration, 'cache_creation')
  const [inputTokens, outputTokens] = [property(iteration, 'input_tokens'), property(iteration, 'output_tokens')]
  const cacheReadTokens = property(iteration, 'cache_read_input_tokens') ?? 0
  const written = property(iteration, 'cache_creation_input_tokens') ?? 0
  const in5m = property(split, 'ephemeral_5m_input_tokens') ?? 0
  const in1h = property(split, 'ephemeral_1h_input_tokens') ?? 0
  if (!isCredibleCount(inputTokens) || !isCredibleCount(outputTokens) || !isCredibleCount(cacheReadTokens)) return null
  if (!isCredibleCount(written) || !isCredibleCount(in5m) || !isCredibleCount(in1h)) return null
  const unsaid = Math.max(0, written - in5m - in1h)
  return {
    ...noUsage,
    ...{ inputTokens, outputTokens, cacheReadTokens },
    cacheWrite5mTokens: in5m + (is1h ? 0 : unsaid),
    cacheWrite1hTokens: in1h + (is1h ? unsaid : 0),
  }
}
