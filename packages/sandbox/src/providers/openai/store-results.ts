import type { FileShelf } from '../file-shelf.ts'
import { type Batch, type ItemEnd, linesOf } from '../running-batches.ts'
import type { BatchDetails } from './batch-shape.ts'

/** Puts what a batch has ended with into its files: answers into one, all else into the other; none that would be empty. */
export function storeResults(
  shelf: FileShelf,
  batch: Batch,
  lifeSeconds: number | null,
): Pick<BatchDetails, 'outputFileId' | 'errorFileId' | 'usage'> {
  const store = (ends: readonly ItemEnd[], part: string): string | null => {
    const lines = linesOf({ ...batch, ends })
    if (lines.length === 0) return null
    const { id } = shelf.add({
      provider: batch.provider,
      apiKey: batch.apiKey,
      filename: `${batch.id}_${part}.jsonl`,
      mimeType: 'application/jsonl',
      bytes: Buffer.from(`${lines.join('\n')}\n`),
      purpose: 'batch_output',
      lifeSeconds,
    })
    return id
  }
  return {
    outputFileId: store(
      batch.ends.filter(({ ending }) => ending === 'succeeded'),
      'output',
    ),
    errorFileId: store(
      batch.ends.filter(({ ending }) => ending !== 'succeeded'),
      'error',
    ),
    usage: usageOf(batch),
  }
}

function usageOf({ ends }: Batch): object {
  const billed = ends.flatMap(({ billed: call }) => call ?? [])
  const sum = (count: (call: (typeof billed)[number]) => number) => billed.reduce((all, call) => all + count(call), 0)
  const cached = sum(({ cacheReadTokens }) => cacheReadTokens)
  const input = sum(({ inputTokens, cacheWriteTokens }) => inputTokens + cacheWriteTokens) + cached
  const output = sum(({ outputTokens }) => outputTokens)
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: sum(({ thinkingTokens }) => thinkingTokens) },
    total_tokens: input + output,
  }
}
