import { noUsage, type Usage } from '../pricing/usage.ts'
import { countPromptTokens } from '../wires/count-prompt.ts'
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
      ...(hasInput ? {} : { inputTokens: countPromptTokens(call.request.body) ?? call.estimatedInputTokens }),
      ...(hasOutput ? {} : { outputTokens: outputText === '' ? 0 : countTextTokens(outputText) }),
    },
    isEstimated: !hasInput || !hasOutput,
  }
}
