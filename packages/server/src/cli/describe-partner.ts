import type { Partner } from '../partners/partner.ts'

/** What commands print of an app with `--json`. */
export function describePartner(partner: Partner) {
  return {
    id: partner.appId,
    livemode: partner.livemode,
    name: partner.name,
    email: partner.email,
    publishable_key: partner.publishableKey,
    referral_rate: partner.shareBasisPoints / 10_000,
    models: partner.allowedModels,
    origins: partner.origins,
    allow_localhost: partner.allowsLocalhost,
    logo_url: partner.logoUrl,
    accent_color: partner.accentColor,
    default_model: partner.defaultModel,
    active: partner.isActive,
    state: partner.state,
  }
}

/** Which pages may use an app, in words; the rule is `isOriginAllowed`. */
export function describeAccess(
  { origins, allowsLocalhost }: Pick<Partner, 'origins' | 'allowsLocalhost'>,
  isSandbox: boolean,
): readonly string[] {
  const isOpenInSandbox = isSandbox && origins.length === 0
  const localhost = allowsLocalhost
    ? 'allowed, at any port'
    : isOpenInSandbox
      ? 'allowed in the sandbox until an origin is registered'
      : 'not allowed, except as an origin above'
  return [
    `  origins    ${origins.length === 0 ? 'none' : origins.join(', ')}`,
    `  localhost  ${localhost}   (--allow-localhost yes|no)`,
  ]
}
