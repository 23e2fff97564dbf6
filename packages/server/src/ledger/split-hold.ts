import { assert } from '../kernel/assert.ts'
import type { Microcredits } from '../kernel/microcredits.ts'
import type { Row } from '../store/schema.ts'
import { type Session, statement } from '../store/statement.ts'

/** `server_id` of holds with parts. No server answers for them, so none that dies takes them along. */
export const holderOfParts = 'batches'

/** What one part of a hold holds. */
export interface HoldPart {
  readonly holdId: string
  readonly position: number
  readonly amountMicrocredits: Microcredits
}

/** Writes of which parts holds consist, in the transaction that places them. A hold is the sum of its parts. */
export async function splitHolds(session: Session, parts: readonly HoldPart[]): Promise<void> {
  assert(
    parts.every(({ amountMicrocredits }) => amountMicrocredits >= 0),
    'a part of a hold is never negative',
  )
  await insertParts.run(
    session,
    parts.map(({ holdId, position, amountMicrocredits }) => ({
      ...{ hold_id: holdId, position, amount_microcredits: amountMicrocredits },
    })),
  )
}

const insertParts = statement<Row<'hold_parts'>>(
  { hold_id: 'text', position: 'bigint', amount_microcredits: 'bigint' },
  ({ values }) => `insert into hold_parts (hold_id, position, amount_microcredits) ${values}`,
)
