import { AppError } from '../kernel/app-error.ts'
import type { BodyReservation } from './bodies-in-flight.ts'
import type { ByteRange, JsonStructure } from './json-structure.ts'

const largeBytes = 1024 * 1024
const largeNodes = 20_000
const peekedBytesMax = 2_000

/** A body that has come in whole; it takes room among the bodies in flight until it is released. */
export class RequestBody {
  readonly length: number
  readonly structure: JsonStructure
  private bytes: Buffer
  private readonly reservation: BodyReservation

  constructor(bytes: Buffer, structure: JsonStructure, reservation: BodyReservation) {
    this.length = bytes.length
    this.structure = structure
    this.bytes = bytes
    this.reservation = reservation
  }

  /** Hands the bytes over and forgets them, so that they do not stay in memory beside what is made of them. */
  take(): Buffer {
    const { bytes } = this
    this.bytes = Buffer.alloc(0)
    return bytes
  }

  /** True for one that takes the event loop too long to parse, where no credits pay for it. */
  get isLarge(): boolean {
    return this.length > largeBytes || this.structure.nodes > largeNodes
  }

  /** Whether this text stands in it, anywhere. */
  includes(text: string): boolean {
    return this.bytes.includes(text)
  }

  /**
   * The value of a member of the object that it is, without parsing the rest.
   * @returns undefined where there is none, or a long one.
   */
  peek(name: 'model' | 'stream'): unknown {
    const range = this.structure[name]
    if (range === null || range.end - range.start > peekedBytesMax) return undefined
    try {
      return JSON.parse(this.bytes.toString('utf8', range.start, range.end))
    } catch {
      return undefined
    }
  }

  /** Hands the bytes over with another model in them. */
  takeWithModel(model: string): Buffer {
    return withModel(this.take(), this.structure.model, model)
  }

  /** The JSON object that it is, once. @throws AppError `invalid_request` for anything else. */
  takeObject(): Record<string, unknown> {
    return parseJsonObject(this.take())
  }

  /**
   * Takes room for what is put into the body from elsewhere.
   * @throws AppError 429 or 503 where there is none.
   */
  growBy(bytes: number): void {
    this.reservation.grow(this.length + bytes)
  }

  /** Call it when nothing of the body is in memory any more. @param isWasted the request was refused for what is in it. */
  release(isWasted = false): void {
    this.bytes = Buffer.alloc(0)
    this.reservation.release(isWasted)
  }
}

/** A body with another model where the model stands. */
export function withModel(bytes: Buffer, range: ByteRange | null, model: string): Buffer {
  if (range === null) return bytes
  return Buffer.concat([bytes.subarray(0, range.start), Buffer.from(JSON.stringify(model)), bytes.subarray(range.end)])
}

/** @throws AppError `invalid_request` for anything but one JSON object in UTF-8. */
export function parseJsonObject(body: Buffer): Record<string, unknown> {
  if (body.length === 0) throw new AppError('invalid_request', 'The body is empty; a JSON object was expected.')
  const value = parseJson(body)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AppError('invalid_request', 'The body must be a JSON object.')
  }
  return value as Record<string, unknown>
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch (error) {
    throw new AppError('invalid_request', 'The body is not valid JSON.', { cause: error })
  }
}
