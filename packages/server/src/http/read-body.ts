import type { IncomingMessage } from 'node:http'
import { AppError } from '../kernel/app-error.ts'

/**
 * Reads a body that is not compressed.
 * @throws AppError `request_too_large` as soon as that is known; the rest is left unread.
 */
export function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const tooLarge = () => new AppError('request_too_large', 'The request body is over the size limit.')
    if (Number(request.headers['content-length']) > bytesMax) return reject(tooLarge())
    const parts: Buffer[] = []
    let bytes = 0
    request.on('data', (part: Buffer) => {
      bytes += part.length
      if (bytes <= bytesMax) {
        parts.push(part)
        return
      }
      request.removeAllListeners('data').pause()
      reject(tooLarge())
    })
    request.once('end', () => resolve(parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)))
    const broken = () => reject(new AppError('invalid_request', 'The request is malformed.'))
    request.once('aborted', broken).once('error', broken)
  })
}
