import type { Microcredits } from '../kernel/microcredits.ts'
import { type Session, statement } from '../store/statement.ts'
import { lockHolds } from './hold.ts'
import { availableTo, changeHeld, type HoldRefusal, lockOwners, ownerOfHold } from './hold-owner.ts'

export interface Extension {
  readonly holdId: string
  readonly byMicrocredits: Microcredits
  readonly budgetMicrocredits: Microcredits | null
  readonly expiresAtMs: number
}

export type ExtendOutcome = { readonly outcome: 'extended' } | { readonly outcome: 'resolved' } | HoldRefusal

/** Makes open holds larger by the same rule; a refusal leaves one as it was. */
export async function extendHolds(
  session: Session,
  extensions: readonly Extension[],
): Promise<readonly ExtendOutcome[]> {
  const { rows } = await lockHolds.run(
    session,
    extensions.map(({ holdId }) => ({ id: holdId })),
  )
  const holds = new Map(rows.map((hold) => [hold.id, hold]))
  const owners = await lockOwners(session, rows.map(ownerOfHold))
  // By hold: PostgreSQL writes a row once, however often it is asked to in one statement.
  const grown = new Map<string, Growth>()
  const outcomes = extensions.map((extension): ExtendOutcome => {
    const hold = holds.get(extension.holdId)
    if (hold === undefined) return { outcome: 'resolved' }
    const owner = ownerOfHold(hold)
    const available = availableTo(owners, owner, extension.budgetMicrocredits)
    if (extension.byMicrocredits > available.availableMicrocredits) return available
    changeHeld(owners, owner, extension.byMicrocredits)
    const by = extension.byMicrocredits + (grown.get(hold.id)?.amount_microcredits ?? 0)
    grown.set(hold.id, { id: hold.id, amount_microcredits: by, expires_at_ms: extension.expiresAtMs })
    return { outcome: 'extended' }
  })
  await Promise.all([
    owners.wallets.write(session),
    owners.windows.write(session),
    growHolds.run(session, [...grown.values()]),
  ])
  return outcomes
}

interface Growth {
  readonly id: string
  readonly amount_microcredits: number
  readonly expires_at_ms: number
}

const growHolds = statement<Growth>(
  { id: 'text', amount_microcredits: 'bigint', expires_at_ms: 'bigint' },
  ({ asked, from }) =>
    `update holds set amount_microcredits = holds.amount_microcredits + ${asked.amount_microcredits},
       expires_at_ms = ${asked.expires_at_ms} ${from} where holds.id = ${asked.id}`,
)
