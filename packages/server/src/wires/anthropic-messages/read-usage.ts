import { type Buckets, isCredibleCount } from '../../pricing/usage.ts'
import type { ReportedUsage } from '../wire.ts'
import { readIterations } from './read-iterations.ts'

/** The usage of a whole answer. @returns null when there is none that can be believed. */
export function readUsage(answer: unknown): ReportedUsage | null {
  const usage = property(answer, 'usage')
  const reported = readUsageObject(usage)
  return reported === null || reported.inputTokens === undefined || reported.outputTokens === undefined
    ? null
    : reported
}

/**
 * What a usage object mentions; Anthropic's `input_tokens` leave cached tokens out. A count that is absurd makes the
 * whole object unbelievable.
 * @returns null for such an object and for none.
 */
export function readUsageObject(usage: unknown): ReportedUsage | null {
  if (typeof usage !== 'object' || usage === null) return null
  const counts = {
    input: property(usage, 'input_tokens'),
    output: property(usage, 'output_tokens'),
    read: property(usage, 'cache_read_input_tokens'),
    write: property(usage, 'cache_creation_input_tokens'),
    write5m: property(property(usage, 'cache_creation'), 'ephemeral_5m_input_tokens'),
    write1h: property(property(usage, 'cache_creation'), 'ephemeral_1h_input_tokens'),
    searches: property(property(usage, 'server_tool_use'), 'web_search_requests'),
  }
  const mentioned = Object.values(counts).filter((value) => value !== undefined && value !== null)
  const runs = readIterations(property(usage, 'iterations'), isCredibleCount(counts.write1h) && counts.write1h > 0)
  if (runs === null || !mentioned.every(isCredibleCount)) return null
  return {
    ...(runs.length === 0 ? {} : { runs }),
    ...bucket('inputTokens', counts.input),
    ...bucket('outputTokens', counts.output),
    ...bucket('cacheReadTokens', counts.read),
    // Without the split by lifetime every write is one of five minutes, the default.
    ...bucket('cacheWrite5mTokens', counts.write5m ?? writtenFor5m(counts.write, counts.write1h)),
    ...bucket('cacheWrite1hTokens', counts.write1h),
    ...bucket('webSearches', counts.searches),
  }
}

function writtenFor5m(write: unknown, write1h: unknown): number | null {
  if (!isCredibleCount(write)) return null
  return Math.max(0, write - (isCredibleCount(write1h) ? write1h : 0))
}

function bucket(name: keyof Buckets, value: unknown): ReportedUsage {
  return isCredibleCount(value) ? { [name]: value } : {}
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
