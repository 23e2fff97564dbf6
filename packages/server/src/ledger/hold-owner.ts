import { type Microcredits, microcredits } from '../kernel/microcredits.ts'
import type { Row } from '../store/schema.ts'
import type { Session } from '../store/statement.ts'
import { createLockedWallets, type LockedWallets } from './locked-wallets.ts'
import { createLockedWindows, type LockedWindows } from './locked-windows.ts'

/** Whose credits a hold is of: a wallet, and a window of a budget where it has one. */
export interface HoldOwner {
  readonly userId: string
  readonly budgetId: string
  readonly windowStartMs: number | null
}

export interface LockedOwners {
  readonly wallets: LockedWallets
  readonly windows: LockedWindows
}

export interface HoldRefusal {
  readonly outcome: 'insufficient_credits' | 'key_budget_exceeded'
  readonly availableMicrocredits: Microcredits
}

export function ownerOfHold(hold: Pick<Row<'holds'>, 'user_id' | 'budget_id' | 'window_start_ms'>): HoldOwner {
  return { userId: hold.user_id, budgetId: hold.budget_id, windowStartMs: hold.window_start_ms }
}

/** Locks what these own: holds come first, then wallets, then windows, so that two steps do not wait for each other. */
export async function lockOwners(session: Session, owners: readonly HoldOwner[]): Promise<LockedOwners> {
  const wallets = createLockedWallets()
  const windows = createLockedWindows()
  await wallets.lock(
    session,
    owners.map(({ userId }) => userId),
  )
  await windows.lock(
    session,
    owners.flatMap((owner) => windowOf(owner) ?? []),
  )
  return { wallets, windows }
}

function windowOf({ budgetId, windowStartMs }: HoldOwner) {
  return windowStartMs === null ? null : { budgetId, windowStartMs }
}

/** Adds to what is held, in the wallet and in the window. */
export function changeHeld(owners: LockedOwners, owner: HoldOwner, by: number): void {
  owners.wallets.change(owner.userId, { posted: 0, held: by })
  const window = windowOf(owner)
  if (window !== null) owners.windows.change(window, { posted: 0, held: by })
}

/** What more can be held, and what stands in the way of more: the wallet or the key's budget. */
export function availableTo(owners: LockedOwners, owner: HoldOwner, budget: Microcredits | null): HoldRefusal {
  const wallet = availableIn(owners, owner)
  const left = budgetLeft(owners, owner, budget)
  return left === null || wallet <= left
    ? { outcome: 'insufficient_credits', availableMicrocredits: wallet }
    : { outcome: 'key_budget_exceeded', availableMicrocredits: left }
}

export function availableIn({ wallets }: LockedOwners, { userId }: HoldOwner): Microcredits {
  const { posted, held } = wallets.of(userId)
  return microcredits(posted - held)
}

/** What a key may still spend or hold in its window; null: as much as the wallet has. */
export function budgetLeft(
  { windows }: LockedOwners,
  owner: HoldOwner,
  budget: Microcredits | null,
): Microcredits | null {
  const window = windowOf(owner)
  if (window === null) return null
  const limit = windows.limitOf(window)
  if (budget === null && limit === null) return null
  const { posted, held } = windows.of(window)
  return microcredits(Math.min(budget ?? Number.MAX_SAFE_INTEGER, limit ?? Number.MAX_SAFE_INTEGER) - posted - held)
}
