import { fieldsOf, numberOf, textOf } from '../../json.ts'
import type { Iteration } from '../call-record.ts'

/** @param own what an entry is that names nothing of its own */
export function readIterations(entries: readonly unknown[], own: Iteration): readonly Iteration[] {
  return entries.map((entry) => {
    const fields = fieldsOf(entry)
    const type = textOf(fields.type)
    const isOwn = type === 'message' || type === 'fallback_message' || type === null
    const { ephemeral_5m_input_tokens: in5m, ephemeral_1h_input_tokens: in1h } = fieldsOf(fields.cache_creation)
    const told = (value: unknown, otherwise: number) => numberOf(value) ?? (isOwn ? otherwise : 0)
    return {
      type:
        type === 'compaction' || type === 'advisor_message' || type === 'fallback_message'
          ? type
          : ('message' as const),
      model: textOf(fields.model) ?? own.model,
      inputTokens: told(fields.input_tokens, own.inputTokens),
      cacheReadTokens: told(fields.cache_read_input_tokens, own.cacheReadTokens),
      cacheWrite5mTokens: told(in5m ?? fields.cache_creation_input_tokens, own.cacheWrite5mTokens),
      cacheWrite1hTokens: told(in1h, own.cacheWrite1hTokens),
      outputTokens: told(fields.output_tokens, own.outputTokens),
    }
  })
}

/** As Anthropic writes it. A compaction names no model. */
export function iterationBody({ type, model, outputTokens, ...prompt }: Iteration): Record<string, unknown> {
  return {
    type,
    ...(type === 'compaction' ? {} : { model }),
    input_tokens: prompt.inputTokens,
    output_tokens: outputTokens,
    cache_read_input_tokens: prompt.cacheReadTokens,
    cache_creation_input_tokens: prompt.cacheWrite5mTokens + prompt.cacheWrite1hTokens,
    cache_creation: {
      ephemeral_5m_input_tokens: prompt.cacheWrite5mTokens,
      ephemeral_1h_input_tokens: prompt.cacheWrite1hTokens,
    },
  }
}
