import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { AppError } from '../kernel/app-error.ts'
import type { BodiesInFlight, BodyOwner } from './bodies-in-flight.ts'
import { BodyBytes } from './body-bytes.ts'
import { createDecompressor } from './decompress.ts'
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

/** How long a body may take: so much, and for each megabyte that has come so much more. */
export interface BodyPatience {
  readonly ms: number
  readonly msPerMegabyte: number
}

const defaultPatience: BodyPatience = { ms: 30_000, msPerMegabyte: 5_000 }
const megabyte = 1024 * 1024

export function createBodyReader(inFlight: BodiesInFlight, patience: BodyPatience = defaultPatience): ReadBody {
  return async (request, { bytesMax, nodesMax, owner }) => {
    const decompressor = createDecompressor(request.headers['content-encoding'])
    const announcedBytes = announcedBytesOf(request)
    if (announcedBytes !== null && announcedBytes > bytesMax) throw tooLarge()
    // Its client has left meanwhile: nothing will come any more, not even an end.
    if (request.destroyed) throw malformed()
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
    const allowedMs = () => patience.ms + (body.length / megabyte) * patience.msPerMegabyte
    try {
      await follow(request, decompressor?.stream ?? null, { take, allowedMs })
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

interface Follower {
  take(part: Buffer): void
  allowedMs(): number
}

/** Hands over each part of a body. Rejects with what `take` throws, and for a body that breaks off or is late. */
function follow(
  request: IncomingMessage,
  packed: (Readable & NodeJS.WritableStream) | null,
  { take, allowedMs }: Follower,
) {
  const source = packed === null ? request : request.pipe(packed)
  return new Promise<void>((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      request.unpipe()
      source.removeListener('data', onData)
      request.removeListener('close', onClose)
    }
    const fail = (error: unknown): void => {
      stop()
      reject(error)
    }
    const onData = (part: Buffer): void => {
      try {
        take(part)
      } catch (error) {
        fail(error)
      }
    }
    const onClose = (): void => {
      if (!request.readableEnded) fail(malformed())
    }
    let waitedMs = 0
    const wait = (): NodeJS.Timeout => {
      const ms = allowedMs() - waitedMs
      waitedMs += ms
      return setTimeout(() => {
        if (allowedMs() <= waitedMs) fail(late())
        else timer = wait()
      }, ms)
    }
    let timer = wait()
    source.on('data', onData)
    source.once('end', () => {
      stop()
      resolve()
    })
    request.once('close', onClose)
    // Broken off, or no such packing.
    source.once('error', () => fail(malformed()))
    if (source !== request) request.once('error', () => fail(malformed()))
  })
}

/** The length as it is sent, packed or not; null where the sender does not know it. */
function announcedBytesOf({ headers }: IncomingMessage): number | null {
  const length = headers['content-length']
  return length === undefined ? null : Number(length)
}

function tooLarge(): AppError {
  return new AppError('request_too_large', 'The request body is over the size limit.')
}

function malformed(): AppError {
  return new AppError('invalid_request', 'The request is malformed.')
}

function late(): AppError {
  return new AppError('invalid_request', 'The request body did not arrive in time. Send it again, faster.', {
    // Nothing more is to be read from this sender.
    headers: { connection: 'close' },
  })
}
