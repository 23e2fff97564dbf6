import { assert } from '../kernel/assert.ts'
import { type Microcredits, microcredits } from '../kernel/microcredits.ts'
import type { Row } from '../store/schema.ts'
import { type Session, statement } from '../store/statement.ts'
import { availableTo, changeHeld, type HoldOwner, type HoldRefusal, lockOwners } from './hold-owner.ts'
import { holdWhereCovered } from './locked-wallets.ts'

export interface KeyBudget {
  readonly amountMicrocredits: Microcredits
  /** See `budget-window.ts`. */
  readonly windowStartMs: number
}

/** What is set aside. `placed`: something has still to be done before the call goes out, see `markSent`. `sent`: it goes out at once. */
export interface HoldPlan {
  readonly amountMicrocredits: Microcredits
  /** What has to be available beside it, or it is not placed; none where it is missing. */
  readonly spareMicrocredits?: Microcredits
  readonly state: 'placed' | 'sent'
}

export interface HoldRequest<Plan extends HoldPlan> {
  /** The request's id; a hold is placed once. */
  readonly id: string
  readonly userId: string
  /** Whose window is counted in: several keys may share a budget. */
  readonly budgetId: string
  readonly budget: KeyBudget | null
  /** The process that answers the request, so that another can tell when it is dead. */
  readonly serverId: string
  readonly createdAtMs: number
  readonly expiresAtMs: number
  /** What to hold of what there is; null refuses. It may be asked more than once. */
  plan(availableMicrocredits: Microcredits): Plan | null
}

export type PlaceOutcome<Plan extends HoldPlan> = { readonly outcome: 'held'; readonly plan: Plan } | HoldRefusal

/**
 * Sets credits aside before calls are sent. I4: check and hold are one statement where the wallet has all that is wanted,
 * as nearly always. Where it has not, or a key has a budget, what there is is locked and shared out in the order in which
 * it is asked for. So no number of callers at once can hold more than there is.
 */
export async function placeHolds<Plan extends HoldPlan>(
  session: Session,
  requests: readonly HoldRequest<Plan>[],
): Promise<readonly PlaceOutcome<Plan>[]> {
  const whole = await holdWhole(session, requests)
  const rest = requests.filter((request) => !whole.has(request))
  const shared = rest.length === 0 ? new Map() : await shareOut(session, rest)
  const placed: Row<'holds'>[] = []
  const outcomes = requests.map((request): PlaceOutcome<Plan> => {
    const outcome: PlaceOutcome<Plan> | undefined = whole.get(request) ?? shared.get(request)
    assert(outcome !== undefined, 'every hold that is asked for is placed or refused')
    if (outcome.outcome === 'held') placed.push(rowOf(request, outcome.plan))
    return outcome
  })
  await insertHolds.run(session, placed)
  return outcomes
}

type Placed<Plan extends HoldPlan> = Map<HoldRequest<Plan>, PlaceOutcome<Plan>>

const unlimited = microcredits(Number.MAX_SAFE_INTEGER)

/** Those of users whose wallets cover all that they ask for. */
async function holdWhole<Plan extends HoldPlan>(
  session: Session,
  requests: readonly HoldRequest<Plan>[],
): Promise<Placed<Plan>> {
  const wanted = requests.flatMap((request) => {
    const plan = request.budget === null ? request.plan(unlimited) : null
    return plan === null ? [] : [{ request, plan }]
  })
  const sums = new Map<string, { readonly held: number; readonly spare: number }>()
  for (const { request, plan } of wanted) {
    const { held, spare } = sums.get(request.userId) ?? { held: 0, spare: 0 }
    sums.set(request.userId, {
      held: held + plan.amountMicrocredits,
      spare: Math.max(spare, plan.spareMicrocredits ?? 0),
    })
  }
  const covered = await holdWhereCovered(session, sums)
  return new Map(
    wanted
      .filter(({ request }) => covered.has(request.userId))
      .map(({ request, plan }) => [request, { outcome: 'held', plan }]),
  )
}

/** One after the other, each by what those before it have left. */
async function shareOut<Plan extends HoldPlan>(
  session: Session,
  requests: readonly HoldRequest<Plan>[],
): Promise<Placed<Plan>> {
  const owners = await lockOwners(session, requests.map(ownerOf))
  const placed: Placed<Plan> = new Map()
  for (const request of requests) {
    const available = availableTo(owners, ownerOf(request), request.budget?.amountMicrocredits ?? null)
    const plan = request.plan(available.availableMicrocredits)
    if (plan !== null) {
      assert(plan.amountMicrocredits <= available.availableMicrocredits, 'a hold is never of more than there is')
      changeHeld(owners, ownerOf(request), plan.amountMicrocredits)
    }
    placed.set(request, plan === null ? available : { outcome: 'held', plan })
  }
  await Promise.all([owners.wallets.write(session), owners.windows.write(session)])
  return placed
}

const insertHolds = statement<Row<'holds'>>(
  {
    ...{ id: 'text', user_id: 'text', budget_id: 'text', window_start_ms: 'bigint', amount_microcredits: 'bigint' },
    ...{ state: 'text', server_id: 'text', created_at_ms: 'bigint', expires_at_ms: 'bigint' },
  },
  ({ values }) =>
    `insert into holds (id, user_id, budget_id, window_start_ms, amount_microcredits, state, server_id, created_at_ms,
       expires_at_ms) ${values}`,
)

function rowOf(request: HoldRequest<HoldPlan>, { amountMicrocredits, state }: HoldPlan): Row<'holds'> {
  assert(amountMicrocredits >= 0, 'a hold is never negative')
  return {
    id: request.id,
    user_id: request.userId,
    budget_id: request.budgetId,
    window_start_ms: request.budget?.windowStartMs ?? null,
    amount_microcredits: amountMicrocredits,
    state,
    server_id: request.serverId,
    created_at_ms: request.createdAtMs,
    expires_at_ms: request.expiresAtMs,
  }
}

/** From here on the provider may have worked: a crash no longer refunds these holds but settles them by the recovery rule. */
export async function markSent(session: Session, holdIds: readonly string[]): Promise<void> {
  const { changed } = await sendHolds.run(
    session,
    holdIds.map((id) => ({ id })),
  )
  assert(changed === holdIds.length, 'a hold that is sent is there')
}

const sendHolds = statement<{ id: string }>(
  { id: 'text' },
  ({ asked, from }) => `update holds set state = 'sent' ${from} where holds.id = ${asked.id}`,
)

const holdColumns = `holds.id, holds.user_id, holds.budget_id, holds.window_start_ms, holds.amount_microcredits, holds.state,
  holds.server_id, holds.created_at_ms, holds.expires_at_ms`

/** Holds as they are, in the order of their ids; nobody else changes one until the transaction ends. */
export const lockHolds = statement<{ id: string }, Row<'holds'>>(
  { id: 'text' },
  ({ asked, and, lock }) =>
    `select ${holdColumns} from holds${and} where holds.id = ${asked.id} order by holds.id ${lock('holds')}`,
)

/** I3: the one statement by which holds end, so that only one caller ever resolves each: who gets the row. */
export const takeHolds = statement<{ id: string }, Row<'holds'>>(
  { id: 'text' },
  ({ asked, using }) => `delete from holds ${using} where holds.id = ${asked.id} returning ${holdColumns}`,
)

function ownerOf({ userId, budgetId, budget }: HoldRequest<HoldPlan>): HoldOwner {
  return { userId, budgetId, windowStartMs: budget?.windowStartMs ?? null }
}
