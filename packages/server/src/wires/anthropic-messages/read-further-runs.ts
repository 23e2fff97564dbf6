import { listOf, property } from '../ceiling/prompt-parts.ts'
import type { FurtherRun } from '../wire.ts'
import { advisorTokensByDefault, advisorUsesByDefault } from './default-limits.ts'

const providers = ['anthropic'] as const

/** https://platform.claude.com/docs/en/build-with-claude/compaction#parameters */
const triggerByDefault = 150_000

/** The runs that a body asks Anthropic for, beside the answer. */
export function readFurtherRuns(body: Readonly<Record<string, unknown>>): readonly FurtherRun[] {
  return [...fallbacksOf(body.fallbacks), ...advisorsOf(body.tools), ...compactionsOf(body)]
}

function fallbacksOf(fallbacks: unknown): readonly FurtherRun[] {
  const run = { kind: 'fallback', providers, timesMax: 1, cacheWrite: null, fromInputTokens: 0 } as const
  if (fallbacks === 'default') return [{ ...run, model: 'any', param: 'fallbacks', outputTokensMax: 'as_answer' }]
  return listOf(fallbacks).map((entry, index) => {
    const limit = property(entry, 'max_tokens')
    return {
      ...run,
      model: { named: String(property(entry, 'model')) },
      param: `fallbacks.${index}.model`,
      outputTokensMax: countOr(limit, 'as_answer'),
    }
  })
}

function advisorsOf(tools: unknown): readonly FurtherRun[] {
  return listOf(tools).flatMap((tool, index): readonly FurtherRun[] => {
    const type = property(tool, 'type')
    if (typeof type !== 'string' || !type.startsWith('advisor_')) return []
    const [uses, limit, caching] = [property(tool, 'max_uses'), property(tool, 'max_tokens'), property(tool, 'caching')]
    const ttl = property(caching, 'ttl') === '1h' ? '1h' : '5m'
    return [
      {
        ...{ kind: 'advisor', providers, model: { named: String(property(tool, 'model')) } },
        param: `tools.${index}.model`,
        timesMax: countOr(uses, advisorUsesByDefault),
        outputTokensMax: countOr(limit, advisorTokensByDefault),
        cacheWrite: typeof caching === 'object' && caching !== null ? ttl : 'none',
        fromInputTokens: 0,
      },
    ]
  })
}

function compactionsOf(body: Readonly<Record<string, unknown>>): readonly FurtherRun[] {
  const run = {
    kind: 'compaction',
    providers,
    model: 'same',
    timesMax: 1,
    outputTokensMax: null,
    cacheWrite: null,
  } as const
  const edits = listOf(property(body.context_management, 'edits'))
  const compacting = edits.flatMap((edit, index) => {
    const type = property(edit, 'type')
    if (typeof type !== 'string' || !type.startsWith('compact_')) return []
    const trigger = property(property(edit, 'trigger'), 'value')
    const fromInputTokens = Number.isFinite(trigger) ? Number(trigger) : triggerByDefault
    return [{ ...run, param: `context_management.edits.${index}`, fromInputTokens }]
  })
  const isAsked = typeof body.compaction === 'object' && body.compaction !== null
  return [...compacting, ...(isAsked ? [{ ...run, param: 'compaction', fromInputTokens: 0 }] : [])]
}

/** More than any model gives. Larger limits are taken for this, not for none: they go out as they came. */
const countMax = 1_000_000_000

/** A count that Anthropic would take; another it refuses. */
function countOr<Otherwise>(value: unknown, otherwise: Otherwise): number | Otherwise {
  return typeof value === 'number' && value > 0 ? Math.min(Math.ceil(value), countMax) : otherwise
}
