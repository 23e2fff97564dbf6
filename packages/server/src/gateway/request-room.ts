import { nodesMax } from '../http/json-structure.ts'
import { aiBodyBytesMax } from '../http/read-body.ts'
import type { RequestBody } from '../http/request-body.ts'
import type { AppError } from '../kernel/app-error.ts'

/** What a request may bring in beside its own body: a short one that brings in much takes as much room as a long one. */
export interface RequestRoom {
  /** Call it before anything is read. @throws AppError what `tooLarge` makes, or 429 or 503 where there is no room. */
  take(bytes: number, nodes: number, tooLarge: () => AppError): void
}

export function createRequestRoom(body: RequestBody): RequestRoom {
  let bytes = 0
  let nodes = 0
  return {
    take(moreBytes, moreNodes, tooLarge) {
      bytes += moreBytes
      nodes += moreNodes
      if (body.length + bytes > aiBodyBytesMax || body.structure.nodes + nodes > nodesMax) throw tooLarge()
      body.growBy(bytes)
    },
  }
}
