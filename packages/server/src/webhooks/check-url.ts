import { isIP } from 'node:net'
import { hostOf, isPublicAddress, type ResolveHost, resolveBySystem } from '../http/public-address.ts'
import { AppError } from '../kernel/app-error.ts'

export interface UrlRules {
  /** `WEBHOOK_ALLOW_PRIVATE`: http, any port, and addresses of this network, for trying webhooks out. */
  readonly allowsPrivate: boolean
  /** Default: as the system does. */
  readonly resolve?: ResolveHost
}

/** @returns the URL as it is stored. @throws AppError `invalid_request` naming `url`. */
export type CheckUrl = (text: string) => Promise<string>

const charactersMax = 2_048

/**
 * Makes the check of what a partner registers: https, on port 443 or from 1024 on, without credentials, at a host whose
 * every address is public. The addresses are checked again at each attempt, where the connection goes to what was checked.
 */
export function createUrlCheck({ allowsPrivate, resolve = resolveBySystem }: UrlRules): CheckUrl {
  return async (text) => {
    const url = parse(text, allowsPrivate)
    if (!allowsPrivate) await requirePublic(url, resolve)
    return url.href
  }
}

function parse(text: string, allowsPrivate: boolean): URL {
  const url = text.length > charactersMax ? null : URL.parse(text)
  if (url === null) throw refuse('expected an address such as https://app.example/webhooks')
  const isHttps = url.protocol === 'https:'
  if (!isHttps && !(allowsPrivate && url.protocol === 'http:'))
    throw refuse('expected https://. For a server on your own machine, use a tunnel')
  if (url.username !== '' || url.password !== '')
    throw refuse('has a user name or a password. Leave them out: each request is signed')
  if (url.hash !== '') throw refuse('has a fragment (#…), which is never sent. Leave it out')
  const port = url.port === '' ? 443 : Number(url.port)
  if (!allowsPrivate && port !== 443 && port < 1024) throw refuse(`port ${port} is closed: use 443, or 1024 and above`)
  return url
}

async function requirePublic(url: URL, resolve: ResolveHost): Promise<void> {
  const host = hostOf(url)
  const notPublic = `${host} is not a public address. Use a host that can be reached from the internet`
  if (isIP(host) !== 0) {
    if (!isPublicAddress(host)) throw refuse(notPublic)
    return
  }
  const addresses = await resolve(host).catch(() => [])
  if (addresses.length === 0) throw refuse(`${host} has no address in the DNS. Check how it is spelt`)
  if (!addresses.every(({ address }) => isPublicAddress(address))) throw refuse(notPublic)
}

function refuse(reason: string): AppError {
  return new AppError('invalid_request', `url: ${reason}.`, { param: 'url' })
}
