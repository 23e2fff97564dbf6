/**
 * `wallet:<user>` what we owe a user in credits · `partner:<partner>` what we owe a partner ·
 * `operator:provider_cost` what calls cost at the providers · `operator:fee` the operator's own part ·
 * `operator:purchases` money that came in · `operator:grants` credits given away ·
 * `operator:disputes` credits taken back for disputed payments · `operator:shortfall` provider cost above a hold that
 * the wallet could not pay.
 */
export type AccountId = `wallet:${string}` | `partner:${string}` | OperatorAccount

export const operatorAccounts = [
  'operator:purchases',
  'operator:grants',
  'operator:disputes',
  'operator:provider_cost',
  'operator:fee',
  'operator:shortfall',
  'operator:payouts',
] as const

export type OperatorAccount = (typeof operatorAccounts)[number]

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
