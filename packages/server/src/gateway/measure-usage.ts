import { noUsage, type Usage } from '../pricing/usage.ts'
import { countTextTokens } from '../wires/count-tokens.ts'
import type { ReportedUsage } from '../wires/wire.ts'
import type { AdmittedCall } from './admit.ts'

export interface MeasuredUsage {
  readonly usage: Usage
  /** True where the provider gave no credible count and one was made here. */
  readonly isEstimated: boolean
}

/** The provider's counts where it sent them; an explicit 0 is 0. What it did not count is counted here, and marked. */
export function measureUsage(call: AdmittedCall, reported: ReportedUsage | null, outputText: string): MeasuredUsage {
  const hasInput = reported?.inputTokens !== undefined
  const hasOutput = reported?.outputTokens !== undefined
  return {
    usage: {
      ...noUsage,
      ...reported,
      ...(hasInput ? {} : { inputTokens: countInput(call) }),
      ...(hasOutput ? {} : { outputTokens: outputText === '' ? 0 : countTextTokens(outputText) }),
    },
    isEstimated: !hasInput || !hasOutput,
  }
}

/** Counting a very long prompt would hold everybody up; its estimate has to do. */
const countedBytesMax = 400_000

function countInput(call: AdmittedCall): number {
  const { messages, system, tools } = call.request.body
  const text = textOf([system, messages, tools])
  return text.length > countedBytesMax ? call.estimatedInputTokens : countTextTokens(text)
}

/** What is said in a body: the strings behind `text` and `content`, and tool definitions as they stand. */
function textOf(parts: readonly unknown[]): string {
  const found: string[] = []
  const pending: { readonly value: unknown; readonly key: string }[] = parts.map((value) => ({ value, key: 'content' }))
  while (pending.length > 0) {
    const { value, key } = pending.pop() ?? { value: null, key: '' }
    if (typeof value === 'string' && key !== 'data' && key !== 'url' && key !== 'type') found.push(value)
    if (typeof value !== 'object' || value === null) continue
    for (const [name, child] of Object.entries(value))
      pending.push({ value: child, key: Array.isArray(value) ? key : name })
  }
  return found.join('\n')
}
