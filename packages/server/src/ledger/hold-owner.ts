import { type Microcredits, microcredits } from '../kernel/microcredits.ts'
import type { Row } from '../store/schema.ts'
import type { Session } from '../store/statement.ts'
import { createLockedWallets, type LockedWallets } from './locked-wallets.ts'
import { createLockedWindows, type LockedWindows, type WindowId } from './locked-windows.ts'

/** Whose credits a hold is of: a wallet, and the windows of the budgets that limit it. */
export interface HoldOwner {
  readonly userId: string
  readonly budgetId: string
  readonly windowStartMs: number | null
  /** Of the merged guest whose key it is: counted in beside that budget. */
  readonly guestBudgetId: string | null
}

export interface LockedOwners {
  readonly wallets: LockedWallets
  readonly windows: LockedWindows
}

export interface HoldRefusal {
  readonly outcome: 'insufficient_credits' | 'key_budget_exceeded'
  readonly availableMicrocredits: Microcredits
}

export function ownerOfHold(
  hold: Pick<Row<'holds'>, 'user_id' | 'budget_id' | 'window_start_ms' | 'guest_budget_id'>,
): HoldOwner {
  return {
    userId: hold.user_id,
    budgetId: hold.budget_id,
    windowStartMs: hold.window_start_ms,
    guestBudgetId: hold.guest_budget_id,
  }
}

/** Locks what these own: holds come first, then wallets, then windows, so that two steps do not wait for each other. */
export async function lockOwners(session: Session, owners: readonly HoldOwner[]): Promise<LockedOwners> {
  const wallets = createLockedWallets()
  const windows = createLockedWindows()
  await wallets.lock(
    session,
    owners.map(({ userId }) => userId),
  )
  await windows.lock(session, owners.flatMap(windowsOf))
  return { wallets, windows }
}

function windowsOf({ budgetId, windowStartMs, guestBudgetId }: HoldOwner): readonly WindowId[] {
  return [
    ...(windowStartMs === null ? [] : [{ budgetId, windowStartMs }]),
    ...(guestBudgetId === null ? [] : [{ budgetId: guestBudgetId, windowStartMs: 0 }]),
  ]
}

/** Adds to what is posted and held, in the wallet and in the windows. What is posted in a wallet is spent in a window. */
export function changeOwners(owners: LockedOwners, owner: HoldOwner, by: { spent: number; held: number }): void {
  owners.wallets.change(owner.userId, { posted: -by.spent, held: by.held })
  for (const window of windowsOf(owner)) owners.windows.change(window, { posted: by.spent, held: by.held })
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
  const lefts = windowsOf(owner).flatMap((window) => {
    const { posted, held } = windows.of(window)
    const ofKey = window.budgetId === owner.budgetId ? budget : null
    return [ofKey, windows.limitOf(window)].flatMap((limit) => (limit === null ? [] : [limit - posted - held]))
  })
  return lefts.length === 0 ? null : microcredits(Math.min(...lefts))
}
