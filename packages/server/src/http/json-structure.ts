import { AppError } from '../kernel/app-error.ts'
import {
  backslash,
  backslashesBefore,
  closeBrace,
  closeBracket,
  colon,
  comma,
  isPlain,
  openBrace,
  openBracket,
  quote,
} from './json-bytes.ts'

export const depthMax = 64
export const nodesMax = 200_000

/** Shorter strings are walked through; in longer ones a native search for the end is faster. */
const walkedBytesMax = 48

/** Where a value stands in the body, with the white space around it. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/**
 * Follows the structure of a JSON body while its bytes come in, and refuses what would be slow or large to parse. It is
 * on the way of every call: one pass, strings skipped, nothing allocated for a value. Whether the body is JSON at all is
 * for the parser to say.
 */
export class JsonStructure {
  /** Values so far, those inside others included; never fewer than the parser will find. */
  nodes = 1
  /** The values of these members of the outermost object; of several with one name the last, which is the parser's. */
  model: ByteRange | null = null
  stream: ByteRange | null = null
  private depth = 0
  private isInString = false
  /** The bytes so far end within an escape: the next one belongs to it. */
  private isEscaped = false
  /** Where the newest string of the outermost object begins: the name of a member, once a colon follows. */
  private nameStart = 0
  /** Which member is followed, and where its value begins. */
  private member: 'model' | 'stream' | null = null
  private valueStart = 0
  private readonly most: number

  /** @param most so many values are allowed. */
  constructor(most = nodesMax) {
    this.most = most
  }

  /**
   * Follows `bytes` from `start`, where it stopped, to their end.
   * @param bytes the body as far as it has come, from its first byte.
   * @throws AppError `invalid_request` for a body that is nested too deep or has too many values.
   */
  follow(bytes: Uint8Array, start: number): void {
    const end = bytes.length
    let { depth, nodes } = this
    let at = this.isInString ? this.skipString(bytes, start) : start
    for (; at < end; at += 1) {
      const byte = bytes[at] ?? 0
      if (isPlain[byte] === 1) continue
      if (byte === quote) {
        if (depth === 1) this.nameStart = at + 1
        at = this.skipString(bytes, at + 1) - 1
      } else if (byte === comma) {
        nodes += 1
        if (depth === 1) this.endMember(at)
      } else if (byte === openBrace || byte === openBracket) {
        nodes += 1
        depth += 1
        if (depth > depthMax) throw tooDeep()
      } else if (byte === closeBrace || byte === closeBracket) {
        if (depth === 1) this.endMember(at)
        depth -= 1
      } else if (byte === colon && depth === 1) this.beginMember(bytes, at)
    }
    this.depth = depth
    this.nodes = nodes
    if (nodes > this.most) throw tooMany(this.most)
  }

  /** @returns where the string has ended, or the end of what has come of it. */
  private skipString(bytes: Uint8Array, start: number): number {
    const end = bytes.length
    let at = start
    this.isInString = false
    if (this.isEscaped) {
      this.isEscaped = false
      at += 1
    }
    for (;;) {
      for (const walkedEnd = Math.min(end, at + walkedBytesMax); at < walkedEnd; at += 1) {
        const byte = bytes[at]
        if (byte === quote) return at + 1
        if (byte === backslash) at += 1
      }
      if (at >= end) return this.breakOff(end, at > end)
      const found = bytes.indexOf(quote, at)
      const stop = found === -1 ? end : found
      const isEscaped = backslashesBefore(bytes, at, stop) % 2 === 1
      if (found === -1) return this.breakOff(end, isEscaped)
      at = found + 1
      if (!isEscaped) return at
    }
  }

  /** The string goes on with the bytes that are yet to come. */
  private breakOff(end: number, isEscaped: boolean): number {
    this.isInString = true
    this.isEscaped = isEscaped
    return end
  }

  private beginMember(bytes: Uint8Array, colonAt: number): void {
    this.endMember(colonAt)
    this.member = spells(bytes, this.nameStart, 'model"') ? 'model' : null
    if (spells(bytes, this.nameStart, 'stream"')) this.member = 'stream'
    this.valueStart = colonAt + 1
  }

  private endMember(end: number): void {
    if (this.member === null) return
    this[this.member] = { start: this.valueStart, end }
    this.member = null
  }
}

function spells(bytes: Uint8Array, start: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (bytes[start + index] !== text.charCodeAt(index)) return false
  return true
}

function tooDeep(): AppError {
  return new AppError('invalid_request', `The body is nested too deep: ${depthMax} levels are allowed.`)
}

function tooMany(most: number): AppError {
  return new AppError('invalid_request', `The body has too many values: ${most} are allowed.`)
}
