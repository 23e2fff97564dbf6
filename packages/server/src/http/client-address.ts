import type { IncomingMessage } from 'node:http'
import proxyAddress from 'proxy-addr'

/** Tells where a request comes from, as far as it may be believed. */
export type ClientAddress = (request: IncomingMessage) => string

/** @param trustedProxyHops how many proxies in front the operator vouches for: only they are believed. */
export function clientAddressThrough(trustedProxyHops: number): ClientAddress {
  const isTrusted = (_address: string, hop: number) => hop < trustedProxyHops
  return (request) =>
    (trustedProxyHops === 0 ? request.socket.remoteAddress : proxyAddress(request, isTrusted)) ?? 'unknown'
}
