/**
 * The operator has each of its accounts twice, `test:operator:…` in the test world; users and partners are others there.
 * `wallet:<user>` what we owe a user in credits · `partner:<partner>` what we owe a partner ·
 * `operator:provider_cost` what calls cost at the providers · `operator:fee` the operator's own part ·
 * `operator:purchases` money that came in · `operator:grants` credits given away ·
 * `operator:disputes` credits taken back for disputed payments · `operator:shortfall` provider cost above a hold that
 * the wallet could not pay.
 */
export type AccountId = `wallet:${string}` | `partner:${string}` | OperatorAccount

const liveOperatorAccounts = [
  'operator:purchases',
  'operator:grants',
  'operator:disputes',
  'operator:provider_cost',
  'operator:fee',
  'operator:shortfall',
  'operator:payouts',
] as const

/** The operator's account in the live world, which names its counterpart in the test world too. */
export type LiveOperatorAccount = (typeof liveOperatorAccounts)[number]

export type OperatorAccount = LiveOperatorAccount | `test:${LiveOperatorAccount}`

/** The operator's account of a world. The one place that knows how the test world's are called. */
export function operatorAccount(account: LiveOperatorAccount, livemode: boolean): OperatorAccount {
  return livemode ? account : `test:${account}`
}

/** All of them, of one world. */
export function operatorAccountsOf(livemode: boolean): readonly OperatorAccount[] {
  return liveOperatorAccounts.map((account) => operatorAccount(account, livemode))
}

export const operatorAccounts: readonly OperatorAccount[] = [...operatorAccountsOf(true), ...operatorAccountsOf(false)]

export function walletAccount(userId: string): AccountId {
  return `wallet:${userId}`
}

export function partnerAccount(partnerId: string): AccountId {
  return `partner:${partnerId}`
}

export type ParsedAccount =
  | { readonly kind: 'wallet' | 'partner'; readonly ownerId: string }
  | { readonly kind: 'operator'; readonly account: OperatorAccount }

/** @returns null for a text that names no account of this chart. */
export function parseAccountId(text: string): ParsedAccount | null {
  const operator = operatorAccounts.find((account) => account === text)
  if (operator !== undefined) return { kind: 'operator', account: operator }
  const [, kind, ownerId] = /^(wallet|partner):(\S+)$/.exec(text) ?? []
  return ownerId !== undefined && (kind === 'wallet' || kind === 'partner') ? { kind, ownerId } : null
}
