import type { IncomingMessage } from 'node:http'

/** An ordinary sender puts together what it sends. */
const partBytesMin = 16
const smallPartsMax = 1_000

const refusal =
  'HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\nThe request body comes in too many tiny chunks. Send it in larger ones.\n'

/**
 * Ends a connection whose request body comes in tiny chunks. Node makes an object of each, whether it is read or not,
 * which takes two hundred times the memory and a thousand times the work of its bytes; so it is watched where Node hands
 * them over, before anybody has asked for them.
 */
export function refuseCrumbs(request: IncomingMessage): void {
  // Without chunks, the parts are what the network brings.
  if (request.headers['transfer-encoding'] === undefined) return
  const push = request.push.bind(request)
  let parts = 0
  let bytes = 0
  let isRefused = false
  request.push = (part: Buffer | null, encoding) => {
    if (isRefused) return false
    parts += 1
    bytes += part?.length ?? 0
    if (parts <= smallPartsMax || bytes >= parts * partBytesMin) return push(part, encoding)
    isRefused = true
    request.socket.end(refusal)
    request.socket.destroySoon()
    return false
  }
}
