import { assert } from '../kernel/assert.ts'
import { type Microcredits, microcredits } from '../kernel/microcredits.ts'
import type { Row } from '../store/schema.ts'
import { type Session, statement } from '../store/statement.ts'
import { type ChargedHold, chargeHold, missedBy, type SettledHold, type Settlement } from './charge-hold.ts'
import { lockHolds } from './hold.ts'
import { changeHeld, lockOwners, ownerOfHold } from './hold-owner.ts'
import { appendTransfers, type Entry } from './post-transfers.ts'

/** How one part of a hold ends: given back, or settled by what its call really cost. */
export interface PartResolution {
  readonly holdId: string
  readonly position: number
  /** The call that the part was held for: the cause of its transfers. */
  readonly requestId: string
  /** Null releases it. */
  readonly settlement: Settlement | null
  readonly nowMs: number
}

export type PartOutcome =
  | ({ readonly outcome: 'settled' } & SettledHold)
  | { readonly outcome: 'released'; readonly userId: string; readonly heldMicrocredits: Microcredits }
  | { readonly outcome: 'already_resolved' }

/**
 * Resolves parts of holds. Each is charged as a hold of its own would be (`settle-hold.ts`), and the hold shrinks by what
 * the part held; the last part takes the hold away. A part is taken once (I3): resolving it again does nothing.
 */
export async function settleParts(
  session: Session,
  resolutions: readonly PartResolution[],
): Promise<readonly PartOutcome[]> {
  const holds = await lockedHolds(session, resolutions)
  const { rows } = await takeParts.run(session, distinctParts(resolutions))
  const taken = new Map(rows.map((part) => [nameOf(part.hold_id, part.position), part.amount_microcredits]))
  const parts = resolutions.map((resolution): ChargedHold | null => {
    const name = nameOf(resolution.holdId, resolution.position)
    const amount = taken.get(name)
    if (amount === undefined) return null
    // Of two resolutions of one part the first has it.
    taken.delete(name)
    const hold = holds.get(resolution.holdId)
    assert(hold !== undefined, 'a part is of a hold that is open')
    return { ...hold, id: resolution.requestId, amount_microcredits: amount }
  })
  const short = parts.filter((part, index) => {
    const settlement = resolutions[index]?.settlement ?? null
    return part !== null && settlement !== null && missedBy(part, settlement) > 0
  })
  const owners = await lockOwners(
    session,
    short.flatMap((part) => (part === null ? [] : [ownerOfHold(part)])),
  )
  const entries: Entry[] = []
  const outcomes = resolutions.map(({ settlement, nowMs }, index): PartOutcome => {
    const part = parts[index] ?? null
    if (part === null) return { outcome: 'already_resolved' }
    const { user_id: userId, amount_microcredits: heldMicrocredits } = part
    changeHeld(owners, ownerOfHold(part), -heldMicrocredits)
    if (settlement === null) return { outcome: 'released', userId, heldMicrocredits: microcredits(heldMicrocredits) }
    const charge = chargeHold(owners, part, settlement, nowMs)
    entries.push(...charge.entries)
    return { outcome: 'settled', ...charge.settled }
  })
  await Promise.all([owners.wallets.write(session), owners.windows.write(session), appendTransfers(session, entries)])
  await shrinkHolds(session, rows)
  return outcomes
}

async function lockedHolds(
  session: Session,
  resolutions: readonly PartResolution[],
): Promise<ReadonlyMap<string, Row<'holds'>>> {
  const ids = [...new Set(resolutions.map(({ holdId }) => holdId))]
  const { rows } = await lockHolds.run(
    session,
    ids.map((id) => ({ id })),
  )
  return new Map(rows.map((hold) => [hold.id, hold]))
}

interface PartName {
  readonly hold_id: string
  readonly position: number
}

function distinctParts(resolutions: readonly PartResolution[]): readonly PartName[] {
  const names = new Map<string, PartName>()
  for (const { holdId, position } of resolutions) names.set(nameOf(holdId, position), { hold_id: holdId, position })
  return [...names.values()]
}

function nameOf(holdId: string, position: number): string {
  return `${holdId}#${position}`
}

/** The one statement by which parts end: who gets the row resolves the part. */
const takeParts = statement<PartName, Row<'hold_parts'>>(
  { hold_id: 'text', position: 'bigint' },
  ({ asked, using }) =>
    `delete from hold_parts ${using} where hold_parts.hold_id = ${asked.hold_id}
       and hold_parts.position = ${asked.position}
     returning hold_parts.hold_id, hold_parts.position, hold_parts.amount_microcredits`,
)

async function shrinkHolds(session: Session, taken: readonly Row<'hold_parts'>[]): Promise<void> {
  const sums = new Map<string, number>()
  for (const { hold_id: id, amount_microcredits: amount } of taken) sums.set(id, (sums.get(id) ?? 0) + amount)
  const shrunk = [...sums].map(([id, taken_microcredits]) => ({ id, taken_microcredits }))
  const { changed } = await shrink.run(session, shrunk)
  assert(changed === shrunk.length, 'a hold that gives parts is there')
  await endEmpty.run(
    session,
    shrunk.map(({ id }) => ({ id })),
  )
}

const shrink = statement<{ id: string; taken_microcredits: number }>(
  { id: 'text', taken_microcredits: 'bigint' },
  ({ asked, from }) =>
    `update holds set amount_microcredits = holds.amount_microcredits - ${asked.taken_microcredits}
     ${from} where holds.id = ${asked.id}`,
)

const endEmpty = statement<{ id: string }>(
  { id: 'text' },
  ({ asked, using }) =>
    `delete from holds ${using} where holds.id = ${asked.id}
       and not exists (select 1 from hold_parts where hold_parts.hold_id = holds.id)`,
)
