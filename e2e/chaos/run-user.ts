import { setTimeout as wait } from 'node:timers/promises'
import { type CallPlan, planBigCall, planCall, planMissedCall } from './call-plan.ts'
import { makeCall, type SeenCall } from './make-call.ts'
import type { SeededRandom } from './seeded-random.ts'
import { sendBatches } from './send-batches.ts'
import { awaitCredits, buy, type SeenPurchase, type Shop } from './shop.ts'

/** What one user will do. */
export interface UserPlan {
  readonly name: string
  readonly firstDollars: number
  /** Between the calls; how many come before each. */
  readonly topUps: readonly { readonly afterCalls: number; readonly dollars: number }[]
  readonly calls: readonly CallPlan[]
  readonly together: number
  readonly sendsBatches: boolean
  readonly random: SeededRandom
}

export interface SeenUser {
  readonly name: string
  readonly calls: readonly SeenCall[]
  readonly purchases: readonly SeenPurchase[]
}

const afterOutageMs = 300

/** No call of a run asks for as many tokens as another: what it asks for names it. */
const maxTokensBase = 600
const usersPerRunMax = 16
/** Two of them at once cost more than the dollar that is there. */
const poorMaxTokensBase = 7000
const poorTopUps = [6, 12, 18].map((afterCalls) => ({ afterCalls, dollars: 1 }))

export function planUsers(random: SeededRandom, size: { readonly users: number; readonly calls: number }): UserPlan[] {
  return Array.from({ length: size.users }, (_, index) => {
    const own = random.fork(`user ${index}`)
    const isPoor = index % 3 === 2
    const name = `u${index}`
    // The poor ask for thousands of dear tokens, so a range of its own keeps their numbers apart.
    const base = isPoor ? poorMaxTokensBase : maxTokensBase
    const calls = Array.from({ length: size.calls }, (_, turn) => {
      const identity = { marker: `chaos-${name}-c${turn}-end`, maxTokens: base + turn * usersPerRunMax + index }
      if (isPoor) return planBigCall(own, identity)
      return index % 3 === 1 && turn === size.calls - 1 ? planMissedCall(own, identity) : planCall(own, identity)
    })
    return {
      name,
      firstDollars: isPoor ? 1 : own.int(12, 40),
      topUps: isPoor
        ? poorTopUps
        : own.chance(0.7)
          ? [{ afterCalls: own.int(1, size.calls - 1), dollars: own.int(1, 5) }]
          : [],
      calls,
      together: isPoor ? 6 : own.int(2, 4),
      sendsBatches: index % 3 === 0,
      random: own,
    }
  })
}

export async function runUser(shop: Shop, plan: UserPlan): Promise<SeenUser> {
  const order = (number: number, amountDollars: number, userKey: string | null) =>
    buy(shop, { amountDollars, userKey, idempotencyKey: `chaos-${plan.name}-${number}` })
  const first = await order(0, plan.firstDollars, null)
  await awaitCredits(shop, first, plan.random.fork('wait'))
  const purchases = [first]
  const toppingUp: Promise<void>[] = []
  const calls: SeenCall[] = []
  let next = 0
  const caller = async (): Promise<void> => {
    for (;;) {
      const call = plan.calls[next]
      if (call === undefined) return
      next += 1
      for (const topUp of plan.topUps.filter(({ afterCalls }) => afterCalls === next))
        toppingUp.push(order(next, topUp.dollars, first.userKey).then((bought) => void purchases.push(bought)))
      await wait(call.pauseBeforeMs)
      await shop.someServerUp()
      const seen = await makeCall(shop.anyServer(), first.userKey, call)
      calls.push(seen)
      // Who is told to come back later does not spend all that was planned in one moment.
      if (seen.status === 503 || seen.status === null) await wait(afterOutageMs)
    }
  }
  const batches = plan.sendsBatches ? sendBatches(shop, first.userKey, plan.random.fork('batches')) : null
  await Promise.all(Array.from({ length: plan.together }, caller))
  await batches
  await Promise.all(toppingUp)
  return { name: plan.name, calls, purchases }
}
