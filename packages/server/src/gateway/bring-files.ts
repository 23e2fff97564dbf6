import type { ClientFile, ClientFiles, FileOwner } from '../files/client-files.ts'
import { noSuchFile } from '../files/file-refusals.ts'
import { isTextType } from '../files/recognize-type.ts'
import { AppError } from '../kernel/app-error.ts'
import type { BroughtFile, FileReference } from '../wires/bring-files.ts'
import type { Item, Wire } from '../wires/wire.ts'
import type { LargeFile } from './file-copies.ts'
import type { RequestRoom } from './request-room.ts'

/** Puts the content of the files that a body names in the place of their ids. */
export interface FileBringer {
  bring(body: Item): Promise<Item>
  /** The ids of all files so far. */
  readonly ids: readonly string[]
  /** Files so far that are better not sent inline. */
  readonly large: readonly LargeFile[]
}

/** More than any model reads. */
const referencesMax = 100
/** Longer than any context window; written as JSON it may be twice as long. */
const textBytesMax = 10 * 1024 * 1024
/** In base64, 4 MB. */
const largeCharacters = (4 * 1024 * 1024 * 4) / 3
/** Values in the part that a file becomes. */
const nodesOfPart = 8

interface Bringing {
  readonly files: ClientFiles
  readonly wire: Pick<Wire, 'bringFiles'>
  readonly owner: FileOwner
  readonly room: RequestRoom
}

/**
 * Files are brought before anything of a request is judged: it is classified, translated, bounded, held and counted as if
 * they had come in it.
 * @throws AppError 404 for a file that its user has not in this app, 400 for one of a wrong type, 413 for too much.
 */
export function createFileBringer({ files, wire, owner, room }: Bringing): FileBringer {
  const brought = new Map<string, BroughtFile>()
  const bring: FileBringer['bring'] = async (body) => {
    const references: FileReference[] = []
    wire.bringFiles(body, (reference) => {
      references.push(reference)
      return null
    })
    const [first] = references
    if (first === undefined) return body
    if (!files.isOn) throw keepingIsOff(first)
    if (references.length > referencesMax) throw tooMany(references.length, first)
    const found = await findAll(files, owner, references)
    for (const reference of references) takeRoom(room, reference, found.get(reference.fileId))
    for (const { fileId, param } of references)
      if (!brought.has(fileId)) brought.set(fileId, await read(files, owner, { fileId, param }))
    return wire.bringFiles(body, ({ fileId }) => brought.get(fileId) ?? null)
  }
  return {
    bring,
    get ids() {
      return [...brought.keys()]
    },
    get large() {
      return [...brought].flatMap(([id, { content, ...file }]) =>
        content.kind === 'base64' && content.data.length > largeCharacters ? [{ id, ...file, data: content.data }] : [],
      )
    },
  }
}

async function findAll(
  files: ClientFiles,
  owner: FileOwner,
  references: readonly FileReference[],
): Promise<ReadonlyMap<string, ClientFile>> {
  const found = new Map<string, ClientFile>()
  for (const reference of references) {
    const { fileId, param } = reference
    const file = found.get(fileId) ?? (await files.require(owner, fileId, param))
    refuseUnfit(file, reference)
    found.set(fileId, file)
  }
  return found
}

/** Each place counts: a file that is named twice is sent twice. */
function takeRoom(room: RequestRoom, { param }: FileReference, file: ClientFile | undefined): void {
  const { sizeBytes = 0, mimeType = '' } = file ?? {}
  const isText = isTextType(mimeType)
  if (isText && sizeBytes > textBytesMax) throw tooLong(param)
  room.take(isText ? 2 * sizeBytes : Math.ceil(sizeBytes / 3) * 4, nodesOfPart, () => tooLarge(param))
}

async function read(
  files: ClientFiles,
  owner: FileOwner,
  { fileId, param }: Pick<FileReference, 'fileId' | 'param'>,
): Promise<BroughtFile> {
  const whole = await files.readBytes(owner, fileId)
  // Deleted a moment ago, or made on demand: what a batch has answered is no prompt.
  if (whole === null) throw noSuchFile(fileId, param)
  const { filename, mimeType } = whole.file
  const bytes = Buffer.from(whole.bytes.buffer, whole.bytes.byteOffset, whole.bytes.length)
  return isTextType(mimeType)
    ? { filename, mimeType, content: { kind: 'text', text: bytes.toString('utf8') } }
    : { filename, mimeType, content: { kind: 'base64', data: bytes.toString('base64') } }
}

function refuseUnfit({ id, mimeType }: ClientFile, { param, as }: FileReference): void {
  const isImage = mimeType.startsWith('image/')
  if (as === 'any' || isImage === (as === 'image')) return
  throw new AppError(
    'invalid_request',
    `${param}: file \`${id}\` is ${mimeType}, which does not fit here. ${as === 'image' ? 'An image' : 'A PDF or text'} was expected.`,
    { param },
  )
}

function tooMany(count: number, { param }: FileReference): AppError {
  return new AppError(
    'invalid_request',
    `${param}: files are named in ${count} places; at most ${referencesMax} may be.`,
    { param },
  )
}

function tooLarge(param: string): AppError {
  return new AppError(
    'request_too_large',
    `${param}: with the files that it names, this request is larger than one may be. Name fewer, or smaller ones.`,
    { param },
  )
}

function tooLong(param: string): AppError {
  return new AppError('request_too_large', `${param}: a text of more than 10 MB is longer than any model reads.`, {
    param,
  })
}

function keepingIsOff({ param }: FileReference): AppError {
  return new AppError(
    'invalid_request',
    `${param}: no files are kept here: the operator has switched it off (KEPT=off). Send the content itself.`,
    { param },
  )
}
