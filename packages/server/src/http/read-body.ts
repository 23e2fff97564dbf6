import type { IncomingMessage } from 'node:http'
import { AppError } from '../kernel/app-error.ts'
import type { BodiesInFlight, BodyOwner } from './bodies-in-flight.ts'
import { BodyBytes } from './body-bytes.ts'
import { createDecompressor } from './decompress.ts'
import { announcedBytesOf, type BodyPatience, defaultPatience, followBody, malformedRequest } from './follow-body.ts'
import { JsonStructure } from './json-structure.ts'
import { RequestBody } from './request-body.ts'

/** The contract's limit for AI requests. */
export const aiBodyBytesMax = 50 * 1024 * 1024
export const smallBodyBytesMax = 256 * 1024

export interface BodyRule {
  readonly bytesMax: number
  /** How many values its JSON may have, where they are not parsed all at once. Default: as a call. */
  readonly nodesMax?: number
  /** For whom the bytes count. */
  readonly owner: BodyOwner
}

/**
 * Reads a JSON body whole, packed or not, and checks its structure and its size as it comes; the rest of one that is
 * refused is left unread.
 * @throws AppError `invalid_request`, `request_too_large`, `unsupported_media_type`, `rate_limited`, `overloaded`.
 */
export type ReadBody = (request: IncomingMessage, rule: BodyRule) => Promise<RequestBody>

export function createBodyReader(inFlight: BodiesInFlight, patience: BodyPatience = defaultPatience): ReadBody {
  return async (request, { bytesMax, nodesMax, owner }) => {
    const decompressor = createDecompressor(request.headers['content-encoding'])
    const announcedBytes = announcedBytesOf(request)
    if (announcedBytes !== null && announcedBytes > bytesMax) throw tooLarge()
    // Its client has left meanwhile: nothing will come any more, not even an end.
    if (request.destroyed) throw malformedRequest()
    const unpacking = decompressor === null ? null : inFlight.open(owner, decompressor.memoryBytes)
    unpacking?.grow(decompressor?.memoryBytes ?? 0)
    const reservation = inFlight.open(owner, decompressor === null ? (announcedBytes ?? 0) : 0)
    const body = new BodyBytes(decompressor === null ? announcedBytes : null)
    const structure = new JsonStructure(nodesMax)
    const take = (part: Buffer): void => {
      const start = body.length
      if (start + part.length > bytesMax) throw tooLarge()
      reservation.grow(start + part.length)
      body.add(part)
      structure.follow(body.view(), start)
    }
    try {
      await followBody(request, decompressor?.stream ?? null, { take, bytes: () => body.length, patience })
      return new RequestBody(body.view(), structure, reservation)
    } catch (error) {
      reservation.release(true)
      throw error
    } finally {
      decompressor?.stream.destroy()
      unpacking?.release()
    }
  }
}

function tooLarge(): AppError {
  return new AppError('request_too_large', 'The request body is over the size limit.')
}
