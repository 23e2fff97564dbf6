import type { SaidCounter } from '../gateway/count-said.ts'
import type { Catalogue } from '../pricing/catalogue.ts'
import { noUsage, type Usage } from '../pricing/usage.ts'
import type { Row } from '../store/schema.ts'
import type { ReportedUsage } from '../wires/wire.ts'

/** How the answers of a batch's endpoint are read. */
export interface AnswerReader {
  /** @returns null when there is no credible usage. */
  readUsage(answer: unknown): ReportedUsage | null
  readOutputText(answer: unknown): string
}

export interface MeasureDeps {
  readonly catalogue: Catalogue
  readonly saidCounter: SaidCounter
}

/**
 * What an answer of a batch has used. The provider's counts are what it bills. An answer without them was generated and
 * billed all the same: its text is counted here, beside a prompt as long as it was likely to be, and nobody pays more
 * than was held for it.
 */
export async function measureItem(
  deps: MeasureDeps,
  item: Row<'batch_items'>,
  answered: { readonly answer: unknown; readonly reader: AnswerReader },
): Promise<{ readonly usage: Usage; readonly isEstimated: boolean }> {
  const { answer, reader } = answered
  const reported = reader.readUsage(answer)
  if (reported !== null) return { usage: { ...noUsage, ...reported }, isEstimated: false }
  const text = reader.readOutputText(answer)
  const model = deps.catalogue.find(item.model)
  const counted = model === null ? null : await deps.saidCounter.count(model, text)
  const outputTokens = Math.min(item.max_tokens, counted ?? Buffer.byteLength(text))
  return { usage: { ...noUsage, inputTokens: item.likely_input_tokens, outputTokens }, isEstimated: true }
}
