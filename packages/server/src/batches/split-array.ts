import {
  backslashesBefore,
  closeBrace,
  closeBracket,
  comma,
  isPlain,
  openBrace,
  openBracket,
  quote,
} from '../http/json-bytes.ts'
import { AppError } from '../kernel/app-error.ts'

/** So many bytes are gone through before others have their turn: some milliseconds. */
const bytesAtOnce = 1024 * 1024

export interface SplitObject {
  /** The object with an empty array in place of the long one. */
  readonly rest: Buffer
  /** The texts of the array's elements. */
  readonly elements: readonly Buffer[]
}

export interface LongArray {
  readonly member: string
  /** What is refused for more elements is refused before there is a view of each. */
  readonly elementsMax: number
  readonly tooMany: (elementsMax: number) => AppError
}

/**
 * Splits a JSON object at the elements of one long array in it, so that they can be parsed one by one: parsing fifty
 * megabytes at once would stop everybody else for a second. Whether the parts are JSON is for the parser to say.
 * @throws AppError `invalid_request` where the array is missing, is none, is there twice, or has too many elements.
 */
export async function splitAtArray(bytes: Buffer, long: LongArray): Promise<SplitObject> {
  const { member } = long
  const scan = new Scan(bytes, long)
  while (!scan.isDone) {
    scan.run(bytesAtOnce)
    await new Promise((next) => setImmediate(next))
  }
  const { array } = scan
  if (array === null) throw new AppError('invalid_request', `${member}: an array is required.`, { param: member })
  const rest = Buffer.concat([bytes.subarray(0, array.start), Buffer.from('[]'), bytes.subarray(array.end)])
  return { rest, elements: scan.elements }
}

class Scan {
  array: { readonly start: number; readonly end: number } | null = null
  elements: Buffer[] = []
  private at = 0
  private depth = 0
  /** Where the newest string of the outermost object begins; -1 once a colon has followed: another one asks nothing. */
  private nameStart = -1
  private isMember = false
  private arrayStart = -1
  private elementStart = 0
  private readonly bytes: Buffer
  private readonly long: LongArray
  private readonly member: string

  constructor(bytes: Buffer, long: LongArray) {
    this.bytes = bytes
    this.long = long
    this.member = long.member
  }

  get isDone(): boolean {
    return this.at >= this.bytes.length
  }

  run(forBytes: number): void {
    const end = Math.min(this.bytes.length, this.at + forBytes)
    for (; this.at < end; this.at += 1) {
      const byte = this.bytes[this.at] ?? 0
      if (isPlain[byte] === 0) this.take(byte)
    }
  }

  private take(byte: number): void {
    if (byte === quote) {
      if (this.depth === 1) this.nameStart = this.at
      this.at = endOfString(this.bytes, this.at + 1)
    } else if (byte === openBrace || byte === openBracket) this.open(byte)
    else if (byte === closeBrace || byte === closeBracket) this.close()
    else if (byte === comma) this.separate()
    else if (this.depth === 1) this.isMember = this.nameEndingAt() === this.member
  }

  private open(byte: number): void {
    this.depth += 1
    if (this.depth !== 2 || !this.isMember || byte !== openBracket) return
    if (this.array !== null)
      throw new AppError('invalid_request', `${this.member}: given twice.`, { param: this.member })
    this.arrayStart = this.at
    this.elementStart = this.at + 1
  }

  private close(): void {
    this.depth -= 1
    if (this.depth !== 1 || this.arrayStart === -1) return
    this.endElement(true)
    this.array = { start: this.arrayStart, end: this.at + 1 }
    this.arrayStart = -1
  }

  private separate(): void {
    if (this.depth === 1) this.isMember = false
    else if (this.depth === 2 && this.arrayStart !== -1) this.endElement(false)
  }

  private endElement(isLast: boolean): void {
    const element = this.bytes.subarray(this.elementStart, this.at)
    // `[]` has no element, though nothing stands between its brackets.
    if (!isLast || this.elements.length > 0 || element.toString('latin1').trim() !== '') this.elements.push(element)
    if (this.elements.length > this.long.elementsMax) throw this.long.tooMany(this.long.elementsMax)
    this.elementStart = this.at + 1
  }

  /** The name that stands before this colon. */
  private nameEndingAt(): unknown {
    const { nameStart } = this
    if (nameStart === -1) return null
    this.nameStart = -1
    try {
      return JSON.parse(this.bytes.toString('utf8', nameStart, this.at))
    } catch {
      return null
    }
  }
}

/** @returns where its closing quote stands. */
function endOfString(bytes: Buffer, start: number): number {
  for (let from = start; ; ) {
    const found = bytes.indexOf(quote, from)
    if (found === -1) return bytes.length
    if (backslashesBefore(bytes, start, found) % 2 === 0) return found
    from = found + 1
  }
}
