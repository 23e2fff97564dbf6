import { isIPv4, isIPv6 } from 'node:net'

/** What one customer of a network has: an IPv4 address, or the first half of an IPv6 one. */
export function addressBlock(address: string): string {
  if (isIPv4(address)) return address
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1]
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address
  const [head = '', tail] = address.split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':'))
  const last = tail === undefined ? [] : groups(tail)
  const first = groups(head)
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0')
  return [...first, ...zeros, ...last].slice(0, 4).join(':')
}
