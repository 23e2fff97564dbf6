/** Where a base URL points. */
export interface Address {
  /** For calls: without `/v1`, without a user name and password. */
  readonly url: string
  /** To be shown: whatever else stands in a base URL may be a secret that was pasted into the wrong variable. */
  readonly origin: string
  /** Some provider's or another gateway's own host: no OpenCredits server. */
  readonly isOthers: boolean
  readonly path: string
}

const othersHosts = [
  ...['api.anthropic.com', 'api.openai.com', 'generativelanguage.googleapis.com', 'api.x.ai'],
  ...['openrouter.ai', 'ai-gateway.vercel.sh'],
]

/** Null for what is no http address. */
export function readAddress(baseUrl: string): Address | null {
  const url = URL.parse(baseUrl.trim())
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null
  return {
    url: `${url.origin}${url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '')}`,
    origin: url.origin,
    isOthers: othersHosts.includes(url.hostname),
    path: url.pathname,
  }
}

/** A key may cross only this machine unencrypted. */
export function isUnencrypted(address: Address): boolean {
  const { protocol, hostname } = new URL(address.origin)
  const isLocal = /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
  return protocol === 'http:' && !isLocal
}
