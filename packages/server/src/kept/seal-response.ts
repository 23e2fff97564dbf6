import { z } from 'zod'
import type { Row } from '../store/schema.ts'
import { countNodes } from './count-nodes.ts'
import type { SealedResponse } from './keep-step.ts'
import { isKeptId, type KeptItem, type KeptOwner, type KeptResponse, type ResponseToKeep } from './kept-content.ts'
import { seal, unseal } from './seal.ts'

export function sealResponse(owner: KeptOwner, response: ResponseToKeep, nowMs: number): SealedResponse {
  const { id, previousId, provider, input, output, envelope } = response
  const restText = JSON.stringify({ input, envelope })
  const isShort = restText.length <= shortCharactersMax
  const whole = { provider, items: output, ...(isShort ? { rest: restText } : {}) }
  const outputText = seal(owner.sealingKey, placeOf(id, 'output'), JSON.stringify(whole))
  const rest = isShort ? '' : seal(owner.sealingKey, placeOf(id, 'rest'), restText)
  return {
    key_id: owner.keyId,
    response_id: id,
    previous_id: previousId,
    item_ids: JSON.stringify(idsOf(output)),
    nodes: countNodes(input) + countNodes(output),
    output: outputText,
    output_bytes: outputText.length,
    rest,
    rest_bytes: rest.length,
    created_at_ms: nowMs,
  }
}

/** To seal and write two things costs more than a short one's going with its output. */
const shortCharactersMax = 4096

function idsOf(items: readonly KeptItem[]): readonly string[] {
  const ids = items.flatMap(({ id }) => (isKeptId(id) ? [id] : []))
  return [...new Set(ids)]
}

function placeOf(responseId: string, part: 'output' | 'rest'): string {
  return `${responseId} ${part}`
}

const items = z.array(z.record(z.string(), z.unknown()))
const outputSchema = z.object({ provider: z.string(), items, rest: z.string().optional() })
const restSchema = z.object({ input: items, envelope: z.record(z.string(), z.unknown()) })

interface OpenedItems {
  readonly provider: string
  readonly items: readonly KeptItem[]
  readonly rest?: string | undefined
}

const nothing: OpenedItems = { provider: '', items: [] }

/** @returns no items where the key does not open them. */
export function openItems(
  { sealingKey }: KeptOwner,
  row: Pick<Row<'kept_responses'>, 'response_id' | 'output'>,
): OpenedItems {
  const text = unseal(sealingKey, placeOf(row.response_id, 'output'), row.output)
  return text === null ? nothing : outputSchema.parse(JSON.parse(text))
}

/** @returns null where the key does not open it, or where its input had to make room. */
export function openResponse(owner: KeptOwner, row: Row<'kept_responses'>): KeptResponse | null {
  if (row.rest === null) return null
  const output = openItems(owner, row)
  if (output === nothing) return null
  const rest = output.rest ?? unseal(owner.sealingKey, placeOf(row.response_id, 'rest'), row.rest)
  if (rest === null) return null
  const { input, envelope } = restSchema.parse(JSON.parse(rest))
  return {
    id: row.response_id,
    previousId: row.previous_id,
    provider: output.provider,
    createdAtMs: row.created_at_ms,
    input,
    output: output.items,
    envelope,
  }
}
