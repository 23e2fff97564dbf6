import type { IncomingMessage } from 'node:http'
import { AppError } from '../kernel/app-error.ts'

/** Refuses what another site's page could have sent with this browser's cookies. */
export type RequireOwnPage = (request: Pick<IncomingMessage, 'headers' | 'method'>) => void

/** Whether a request other than GET comes from a page of ours, the checkout's frame included. */
export function comesFromOwnPage(headers: IncomingMessage['headers'], publicUrl: string): boolean {
  const site = headers['sec-fetch-site']
  return site === undefined ? headers.origin === new URL(publicUrl).origin : site === 'same-origin'
}

/**
 * Cookies travel with requests that other sites' pages make. Browsers say where a request comes from in
 * `Sec-Fetch-Site`; older ones in `Origin`. Whatever changes something and says neither is refused, and so is a body
 * that a form of another site could send: anything but JSON.
 * @throws AppError 403 `origin_not_allowed`, 415 `unsupported_media_type`
 */
export function createOwnPageGuard(publicUrl: string): RequireOwnPage {
  const ownOrigin = new URL(publicUrl).origin
  return ({ method, headers }) => {
    if (method === 'GET' || method === 'HEAD') return
    if (!comesFromOwnPage(headers, publicUrl))
      throw new AppError(
        'origin_not_allowed',
        `This path is for pages of ${ownOrigin} only. A program that is no browser sends the header Origin: ${ownOrigin}.`,
      )
    const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
    if (hasBody && !/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? ''))
      throw new AppError('unsupported_media_type', 'content-type: expected application/json', {
        param: 'content-type',
      })
  }
}
