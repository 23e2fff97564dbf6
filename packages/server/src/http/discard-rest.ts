import type { IncomingMessage, ServerResponse } from 'node:http'

const discardedBytesMax = 64 * 1024 * 1024
const discardedMsMax = 5_000

/**
 * Prepares an answer to a request whose body has not come in whole. Many clients read no answer before they have sent
 * everything, and one that is cut off meanwhile would never learn why it was refused. So what is yet to come is read and
 * thrown away, for a little while; after that, or at once where too much is announced, the connection is closed.
 */
export function discardRest(request: IncomingMessage, response: ServerResponse): void {
  if (Number(request.headers['content-length'] ?? 0) > discardedBytesMax) {
    response.setHeader('connection', 'close')
    return
  }
  const { socket } = request
  const bytesBefore = socket.bytesRead
  request.resume()
  const startedAtMs = performance.now()
  const looks = setInterval(() => {
    const isTooMuch = socket.bytesRead - bytesBefore > discardedBytesMax
    if (!request.complete && !isTooMuch && performance.now() - startedAtMs < discardedMsMax) return
    clearInterval(looks)
    if (!request.complete) socket.destroy()
  }, 500).unref()
  request.once('close', () => clearInterval(looks))
}
