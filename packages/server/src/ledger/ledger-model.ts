/** A small model of the same rules, written without the ledger's code: plain numbers in maps. */
export class LedgerModel {
  readonly posted = new Map([
    ['U1', 0],
    ['U2', 0],
    ['U3', 0],
  ])
  readonly holds = new Map<string, { user: string; amount: number; isOpen: boolean }>()
  readonly totals = { cost: 0, share: 0, fee: 0, shortfall: 0, cameIn: 0 }
  /** Calls that cost more than their holds. */
  readonly missed = new Set<string>()
  spentByK3 = 0

  held(user: string): number {
    return [...this.holds.values()]
      .filter((one) => one.isOpen && one.user === user)
      .reduce((sum, one) => sum + one.amount, 0)
  }

  available(user: string): number {
    return (this.posted.get(user) ?? 0) - this.held(user)
  }

  pay(user: string, amount: number): void {
    this.posted.set(user, (this.posted.get(user) ?? 0) + amount)
    this.totals.cameIn += amount
  }

  place(id: string, user: string, amount: number): string {
    const refusal = this.refusal(user, amount)
    if (refusal !== null) return refusal
    this.holds.set(id, { user, amount, isOpen: true })
    return 'held'
  }

  /** A hold in parts is so many holds, of which all or none are placed. */
  placeParts(id: string, user: string, parts: readonly number[]): string {
    const refusal = this.refusal(
      user,
      parts.reduce((sum, part) => sum + part, 0),
    )
    if (refusal !== null) return refusal
    for (const [position, amount] of parts.entries())
      this.holds.set(`${id}.${position}`, { user, amount, isOpen: true })
    return 'held'
  }

  /** The user pays cost, then share, then fee, at most the hold and what else is in the wallet. */
  settle(id: string, cost: number, share: number, fee: number): string {
    const one = this.openHold(id)
    if (one === null) return 'already_resolved'
    const due = cost + share + fee
    if (due > one.amount) this.missed.add(id)
    return this.pays(one, [cost, share, fee], Math.max(one.amount, this.available(one.user)))
  }

  /** The same for usage that we counted: at most the hold, each part in proportion. */
  estimate(id: string, cost: number, share: number, fee: number): string {
    const one = this.openHold(id)
    if (one === null) return 'already_resolved'
    const due = cost + share + fee
    if (due <= one.amount) return this.pays(one, [cost, share, fee], one.amount)
    const [smallShare, smallFee] = [Math.floor((share * one.amount) / due), Math.floor((fee * one.amount) / due)]
    return this.pays(one, [Math.min(cost, one.amount - smallShare - smallFee), smallShare, smallFee], one.amount)
  }

  private openHold(id: string) {
    const one = this.holds.get(id)
    if (one === undefined || !one.isOpen) return null
    one.isOpen = false
    return one
  }

  private pays(
    one: { readonly user: string },
    [cost, share, fee]: readonly [number, number, number],
    limit: number,
  ): string {
    const paid = Math.min(cost + share + fee, limit)
    if (one.user === 'U3') this.spentByK3 += paid
    this.posted.set(one.user, (this.posted.get(one.user) ?? 0) - paid)
    this.totals.cost += cost
    this.totals.shortfall += Math.max(0, cost - paid)
    const afterCost = Math.max(0, paid - cost)
    this.totals.share += Math.min(share, afterCost)
    this.totals.fee += Math.max(0, afterCost - share)
    return `settled ${paid}`
  }

  release(id: string): string {
    const one = this.holds.get(id)
    if (one === undefined || !one.isOpen) return 'already_resolved'
    one.isOpen = false
    return 'released'
  }

  extend(id: string, by: number): string {
    const one = this.holds.get(id)
    if (one === undefined || !one.isOpen) return 'resolved'
    const refusal = this.refusal(one.user, by)
    if (refusal === null) one.amount += by
    return refusal ?? 'extended'
  }

  /** What stands in the way is the scarcer of the two. */
  private refusal(user: string, amount: number): string | null {
    const inWallet = this.available(user)
    const inBudget = user === 'U3' ? 100 - this.spentByK3 - this.held('U3') : inWallet
    if (amount <= Math.min(inWallet, inBudget)) return null
    return inWallet <= inBudget ? 'insufficient_credits' : 'key_budget_exceeded'
  }
}
