import ipaddr from 'ipaddr.js'

const groupsOfBlock = 4

/**
 * What one customer of a network has: an IPv4 address, or the first half (a /64) of an IPv6 one. All throttles count by
 * it, since such a customer can send from any address of its block. What is no address is itself.
 */
export function addressBlock(address: string): string {
  if (!address.includes(':')) return address
  try {
    const parsed = ipaddr.process(address)
    return parsed instanceof ipaddr.IPv6
      ? parsed.parts
          .slice(0, groupsOfBlock)
          .map((group) => group.toString(16))
          .join(':')
      : parsed.toString()
  } catch {
    return address
  }
}
