import { kindOfSecret, lastFourOf } from '../keys/key-format.ts'

export type CredentialKind =
  | 'user key'
  | 'mistyped key'
  | 'publishable key'
  | 'server key'
  | 'credential of another service'

/** What a value is to the server, which takes it as it stands: `Bearer oc_sk_…` inside a key variable is no key of ours. */
export function kindOfCredential(value: string): CredentialKind {
  const key = value.trim()
  if (!key.startsWith('oc_')) return 'credential of another service'
  const kind = kindOfSecret(key)
  return kind === 'sk' ? 'user key' : kind === 'pk' ? 'publishable key' : kind === 'rk' ? 'server key' : 'mistyped key'
}

/** Only for the value of a header: there the word belongs. */
export function withoutBearer(value: string): string {
  return value.replace(/^\s*bearer\s+/i, '').trim()
}

/** By these the server knows a provider's own key beside one of ours. */
export function isKnownProviderKey(value: string): boolean {
  return /^(sk-|xai-|AIza)/.test(value.trim())
}

/** What no HTTP header can carry: a line break in the middle, or the `…` of a page that was copied. */
export function isSendable(value: string): boolean {
  return /^[\t\x20-\x7e]*$/.test(value.trim())
}

/** As much of a secret as may be shown. */
export function masked(value: string): string {
  const key = withoutBearer(value)
  const [prefix = ''] = /^(oc_(?:sk|pk|rk)_(?:test_)?|sk-ant-|sk-proj-|sk-|xai-|AIza)?/.exec(key) ?? []
  return key.length < 16 ? '…' : `${prefix}…${lastFourOf(key)}`
}
