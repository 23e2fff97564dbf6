import type { IncomingMessage, ServerResponse } from 'node:http'

const discardedBytesMax = 64 * 1024 * 1024
const discardedMsMax = 5_000

/**
 * Reads what is yet to come of a refused request's body, and throws it away: many clients read no answer before they have
 * sent everything, and one that is cut off meanwhile would never learn why it was refused. It does so for a little while;
 * after that the connection is closed, or at once where too much is announced.
 */
export function discardRest(request: IncomingMessage, response: ServerResponse): void {
  if (Number(request.headers['content-length'] ?? 0) > discardedBytesMax) {
    response.setHeader('connection', 'close')
    return
  }
  let bytes = 0
  const close = (): void => {
    request.socket.destroy()
  }
  request.on('data', (part: Buffer) => {
    bytes += part.length
    if (bytes > discardedBytesMax) close()
  })
  const timer = setTimeout(close, discardedMsMax).unref()
  request.once('end', () => clearTimeout(timer)).once('close', () => clearTimeout(timer))
}

/** What Node reads away by itself after an answer for which no body was read. */
const unreadBytesMax = 1024 * 1024

/** Closes a connection on which a body would come for which nobody has asked, once its request is answered. */
export function closeUnread(request: IncomingMessage): void {
  const announcedBytes = Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY)
  if (!request.complete && announcedBytes > unreadBytesMax && request.listenerCount('data') === 0)
    request.socket.destroySoon()
}
