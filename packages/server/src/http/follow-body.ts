import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { AppError } from '../kernel/app-error.ts'

/** How long a body may take: so much, and for each megabyte that has come so much more. */
export interface BodyPatience {
  readonly ms: number
  readonly msPerMegabyte: number
}

export const defaultPatience: BodyPatience = { ms: 30_000, msPerMegabyte: 5_000 }
const megabyte = 1024 * 1024

export interface BodyFollower {
  /** Takes each part. What it throws ends the reading. */
  take(part: Buffer): void
  /** How much has come so far. */
  readonly bytes: () => number
}

/** Hands over each part of a body. Rejects with what `take` throws, and for a body that breaks off or is late. */
export function followBody(
  request: IncomingMessage,
  packed: (Readable & NodeJS.WritableStream) | null,
  { take, bytes, patience }: BodyFollower & { readonly patience: BodyPatience },
): Promise<void> {
  const allowedMs = () => patience.ms + (bytes() / megabyte) * patience.msPerMegabyte
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
      if (!request.readableEnded) fail(malformedRequest())
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
    source.once('error', () => fail(malformedRequest()))
    if (source !== request) request.once('error', () => fail(malformedRequest()))
  })
}

/** The length as it is sent, packed or not; null where the sender does not know it. */
export function announcedBytesOf({ headers }: IncomingMessage): number | null {
  const length = headers['content-length']
  return length === undefined ? null : Number(length)
}

export function malformedRequest(): AppError {
  return new AppError('invalid_request', 'The request is malformed.')
}

function late(): AppError {
  return new AppError('invalid_request', 'The request body did not arrive in time. Send it again, faster.', {
    // Nothing more is to be read from this sender.
    headers: { connection: 'close' },
  })
}
