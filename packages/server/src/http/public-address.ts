import { lookup as resolveHost } from 'node:dns/promises'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'

/** All addresses of a host. */
export type ResolveHost = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>

/** Resolves as every other program on this machine does. */
export const resolveBySystem: ResolveHost = (host) => resolveHost(host, { all: true })

export class NotPublic extends Error {
  override readonly name = 'NotPublic'
}

/**
 * A lookup for connections to addresses that somebody else names: every address of the host is checked, and the
 * connection goes to one that was. A literal address is connected to without a lookup, so its caller checks it.
 */
export function guardedLookup(
  isAllowed: (address: string) => boolean,
  resolve: ResolveHost = resolveBySystem,
): LookupFunction {
  return (host, options, done) => {
    resolve(host).then(
      (addresses) => {
        const [first] = addresses
        if (first === undefined || !addresses.every(({ address }) => isAllowed(address)))
          done(new NotPublic('its address is not public'), '', 0)
        else if (options.all === true) done(null, [first])
        else done(null, first.address, first.family)
      },
      (error: NodeJS.ErrnoException) => done(error, '', 0),
    )
  }
}

/** Shared address space and documentation nets are `unicast` to some tables; these are never anybody's server. */
const never = new BlockList()
never.addSubnet('100.64.0.0', 10)
never.addSubnet('192.0.0.0', 24)
never.addSubnet('198.18.0.0', 15)

/** Whatever is public in IPv6 lies here. Outside of it, `::7f00:1` is this machine in an old spelling. */
const global = new BlockList()
global.addSubnet('2000::', 3, 'ipv6')

export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false
  // An IPv4 address that is written as an IPv6 one is judged as what it is.
  const parsed = ipaddr.process(address)
  if (parsed.range() !== 'unicast') return false
  return parsed.kind() === 'ipv4' ? !never.check(parsed.toString()) : global.check(parsed.toString(), 'ipv6')
}

/** The host of a URL as `isIP` and a lookup take it: an IPv6 address without its brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}
