import type { IncomingMessage } from 'node:http'
import { addressBlock } from './address-block.ts'
import type { ClientAddress } from './client-address.ts'
import { type ReadBody, smallBodyBytesMax } from './read-body.ts'

/**
 * Reads the JSON object of a request that is not for a model: up to 256 KB. Any content type is taken: curl sends a
 * form's by default.
 * @throws AppError `invalid_request` for anything but one JSON object in UTF-8.
 */
export type ReadJson = (request: IncomingMessage) => Promise<Record<string, unknown>>

export function createJsonReader(readBody: ReadBody, clientAddress: ClientAddress): ReadJson {
  return async (request) => {
    const owner = addressBlock(clientAddress(request))
    const body = await readBody(request, { bytesMax: smallBodyBytesMax, owner: { name: owner, isPaying: false } })
    try {
      return body.takeObject()
    } finally {
      body.release()
    }
  }
}
