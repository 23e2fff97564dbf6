/** What a restricted key may do: append only, keys are kept with these words. */
export const partnerScopes = ['usage:read', 'app:write', 'webhooks:write', 'payouts:read'] as const

export type PartnerScope = (typeof partnerScopes)[number]
