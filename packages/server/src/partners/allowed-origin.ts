/**
 * An origin as browsers send it (`https://app.example`), or null for what is none. Plain http is for this machine only:
 * a page that others could change on its way must not be given a user key.
 */
export function normalizeOrigin(text: string): string | null {
  if (!URL.canParse(text)) return null
  const url = new URL(text)
  if (url.protocol === 'https:') return url.origin
  return url.protocol === 'http:' && isLocalHost(url.hostname) ? url.origin : null
}

/** What decides which pages may use an app. */
export interface OriginTerms {
  readonly origins: readonly string[]
  readonly allowsLocalhost: boolean
}

/**
 * Whether this page may show the partner's checkout and receive its users' keys: a registered origin, or a page on the
 * visitor's own machine where the partner allows that. While a partner has registered no origin, pages on this machine
 * may in sandbox mode too (contract §2).
 */
export function isOriginAllowed(partner: OriginTerms, origin: string, isSandbox: boolean): boolean {
  const normal = normalizeOrigin(origin)
  if (normal === null || normal !== origin) return false
  if (partner.allowsLocalhost && isLocalhostPage(origin)) return true
  if (partner.origins.length > 0) return partner.origins.includes(origin)
  return isSandbox && isLocalHost(new URL(origin).hostname)
}

/** Whether this is a development server on the visitor's own machine: plain http, at any port. */
export function isLocalhostPage(origin: string): boolean {
  return /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(origin)
}

function isLocalHost(hostName: string): boolean {
  return hostName === 'localhost' || hostName === '127.0.0.1' || hostName === '[::1]' || hostName.endsWith('.localhost')
}
