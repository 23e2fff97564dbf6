import { property } from '../ceiling/prompt-parts.ts'

/**
 * Limits that a request leaves open are set upstream, so that what it may cost has a bound (gateway.md, *Ceilings*).
 * Advice comes two or three times in a task and has some 2 000 tokens:
 * https://platform.claude.com/docs/en/agents-and-tools/tool-use/advisor-tool#usage-and-billing.
 */
export const usesByDefault = 5
export const advisorUsesByDefault = 3
export const advisorTokensByDefault = 8192

interface Limits {
  readonly max_uses: number
  readonly max_tokens?: number
}

/** The tools of a body, each of those that Anthropic runs with a number of uses. @returns the same list where none is open. */
export function withLimits(tools: readonly unknown[]): readonly unknown[] {
  return tools.some((tool) => openLimits(tool) !== null)
    ? tools.map((tool) => ({ ...openLimits(tool), ...withoutNulls(tool) }))
    : tools
}

function openLimits(tool: unknown): Limits | null {
  const type = property(tool, 'type')
  if (typeof type !== 'string') return null
  const limits = limitsOf(type)
  const isOpen = limits !== null && Object.keys(limits).some((name) => typeof property(tool, name) !== 'number')
  return isOpen ? limits : null
}

function limitsOf(type: string): Limits | null {
  if (type.startsWith('advisor_')) return { max_uses: advisorUsesByDefault, max_tokens: advisorTokensByDefault }
  return /^web_(search|fetch)/.test(type) ? { max_uses: usesByDefault } : null
}

/** A limit of null is none. */
function withoutNulls(tool: unknown): object {
  return Object.fromEntries(Object.entries(Object(tool)).filter(([, value]) => value !== null))
}
