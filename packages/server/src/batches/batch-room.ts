import type { RequestRoom } from '../gateway/request-room.ts'
import { aiBodyBytesMax } from '../http/read-body.ts'
import type { RequestBody } from '../http/request-body.ts'

/** What the requests of a batch may bring in together beside its body. Each is written by itself, so values do not count. */
export function createBatchRoom(body: Pick<RequestBody, 'length' | 'growBy'>): RequestRoom {
  let bytes = 0
  return {
    take(moreBytes, _moreNodes, tooLarge) {
      bytes += moreBytes
      if (body.length + bytes > aiBodyBytesMax) throw tooLarge()
      body.growBy(bytes)
    },
  }
}
