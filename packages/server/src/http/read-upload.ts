import type { IncomingMessage } from 'node:http'
import { Busboy, type BusboyInstance } from '@fastify/busboy'
import { AppError } from '../kernel/app-error.ts'
import type { BodiesInFlight, BodyOwner } from './bodies-in-flight.ts'
import { BodyBytes } from './body-bytes.ts'
import { announcedBytesOf, type BodyPatience, defaultPatience, followBody } from './follow-body.ts'

export interface UploadRule {
  readonly fileBytesMax: number
  readonly owner: BodyOwner
}

/** A form with one file, whole. It takes room among the bodies in flight until it is released. */
export interface Upload {
  readonly fields: ReadonlyMap<string, string>
  /** The last part of the name that the client gave, without folders; may be empty. */
  readonly filename: string
  readonly bytes: Buffer
  /** Call it when nothing of it is in memory any more. @param isWasted it was refused for what is in it. */
  release(isWasted?: boolean): void
}

/**
 * Reads `multipart/form-data` with one file in the field `file`. Nothing of it touches the disk.
 * @throws AppError 400 `invalid_request`, 413 `request_too_large`, 415 for anything but a form, 429, 503.
 */
export type ReadUpload = (request: IncomingMessage, rule: UploadRule) => Promise<Upload>

/** Beside the file: boundaries, headers and a few short fields. */
const overheadBytesMax = 64 * 1024
const fieldBytesMax = 1024
const fieldsMax = 10
/** A boundary has at most 70 characters (RFC 2046, 5.1.1). To search a file for a long one takes long. */
const typeCharactersMax = 200
/** All has come: what is still to be done takes no time, unless the parser has lost its way. */
const finishMsMax = 5_000
const limits = { fields: fieldsMax, files: 1, parts: fieldsMax + 1, headerPairs: 20, headerSize: 4 * 1024 }

export function createUploadReader(inFlight: BodiesInFlight, patience: BodyPatience = defaultPatience): ReadUpload {
  return async (request, { fileBytesMax, owner }) => {
    const bytesMax = fileBytesMax + overheadBytesMax
    const announcedBytes = announcedBytesOf(request)
    if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') throw packed()
    const form = readForm(request, { fileBytesMax, announcedBytes })
    if (announcedBytes !== null && announcedBytes > bytesMax) throw tooLarge(fileBytesMax)
    if (request.destroyed) throw malformedForm()
    const reservation = inFlight.open(owner, announcedBytes ?? 0)
    let bytes = 0
    const take = (part: Buffer): void => {
      bytes += part.length
      if (bytes > bytesMax) throw tooLarge(fileBytesMax)
      reservation.grow(bytes)
      form.write(part)
    }
    try {
      await followBody(request, null, { take, bytes: () => bytes, patience })
      return { ...(await form.end()), release: (isWasted) => reservation.release(isWasted) }
    } catch (error) {
      form.stop()
      reservation.release(true)
      throw error
    }
  }
}

interface Form {
  /** @throws AppError for what is wrong with it so far. */
  write(part: Buffer): void
  end(): Promise<Omit<Upload, 'release'>>
  stop(): void
}

interface FormRule {
  readonly fileBytesMax: number
  readonly announcedBytes: number | null
}

function readForm(request: IncomingMessage, { fileBytesMax, announcedBytes }: FormRule): Form {
  const parser = openParser(request, fileBytesMax)
  const fields = new Map<string, string>()
  const bytes = new BodyBytes(announcedBytes)
  let filename: string | null = null
  let fault: AppError | null = null
  const refuse = (error: AppError): void => {
    fault ??= error
  }
  const { promise: finished, resolve: finish } = Promise.withResolvers<void>()
  parser.once('finish', finish)
  // Listened to for good: an error after the end must not end the process.
  parser.on('error', () => {
    refuse(malformedForm())
    finish()
  })
  parser.on('file', (field, stream, name: string | undefined) => {
    if (field !== 'file') refuse(unknownFile(field))
    filename = name ?? ''
    stream.on('data', (part: Buffer) => bytes.add(part))
    stream.on('limit', () => refuse(tooLarge(fileBytesMax)))
    stream.on('error', () => refuse(malformedForm()))
  })
  parser.on('field', (name, value, _isNameCut, isCut) => {
    if (name === undefined || isCut) refuse(badField(name))
    else if (fields.has(name)) refuse(doubledField(name))
    else fields.set(name, value)
  })
  for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const)
    parser.on(limit, () => refuse(tooManyParts()))
  const check = (): void => {
    if (fault !== null) throw fault
  }
  return {
    write(part) {
      parser.write(part)
      check()
    },
    async end() {
      const timer = setTimeout(() => parser.emit('error', new Error('no end')), finishMsMax)
      parser.end()
      await finished.finally(() => clearTimeout(timer))
      check()
      if (filename === null) throw noFile()
      if (bytes.length === 0) throw emptyFile()
      return { fields, filename, bytes: bytes.view() }
    },
    stop: () => void parser.destroy(),
  }
}

function openParser({ headers }: IncomingMessage, fileBytesMax: number): BusboyInstance {
  const type = headers['content-type'] ?? ''
  if (!/^multipart\/form-data\b/i.test(type)) throw noForm()
  if (type.length > typeCharactersMax) throw malformedForm()
  try {
    return new Busboy({
      headers: { ...headers, 'content-type': type },
      limits: { ...limits, fieldSize: fieldBytesMax, fileSize: fileBytesMax },
      isPartAFile: (field, _type, name) => name !== undefined || field === 'file',
    })
  } catch (error) {
    throw new AppError('invalid_request', 'The form has no boundary: let your client set content-type itself.', {
      cause: error,
    })
  }
}

function noForm(): AppError {
  return new AppError('unsupported_media_type', 'Send the file as multipart/form-data, in the field file.', {
    param: 'file',
  })
}

function packed(): AppError {
  return new AppError('unsupported_media_type', 'Send the form as it is, without content-encoding.')
}

function tooLarge(fileBytesMax: number): AppError {
  const megabytes = Math.floor((fileBytesMax / (1024 * 1024)) * 10) / 10
  return new AppError('request_too_large', `file: a file may have ${megabytes} MB.`, { param: 'file' })
}

function noFile(): AppError {
  return new AppError('invalid_request', 'file: expected a file.', { param: 'file' })
}

function emptyFile(): AppError {
  return new AppError('invalid_request', 'file: the file is empty.', { param: 'file' })
}

function unknownFile(field: string | undefined): AppError {
  return new AppError('invalid_request', 'Send the file in the field file; a file came in another one.', {
    param: shown(field),
  })
}

function badField(name: string | undefined): AppError {
  return new AppError('invalid_request', `${shown(name)}: the field has no name or is too long.`, {
    param: shown(name),
  })
}

function doubledField(name: string): AppError {
  return new AppError('invalid_request', `${shown(name)}: the field came twice.`, { param: shown(name) })
}

function tooManyParts(): AppError {
  return new AppError('invalid_request', `The form has too many parts: one file and ${fieldsMax} fields may come.`)
}

function malformedForm(): AppError {
  return new AppError('invalid_request', 'The form is malformed or broke off.')
}

function shown(name: string | undefined): string {
  return (name ?? '').slice(0, 100)
}
