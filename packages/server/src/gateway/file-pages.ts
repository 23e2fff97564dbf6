import { z } from 'zod'
import type { ClientFiles, FileOwner } from '../files/client-files.ts'
import { noSuchFile } from '../files/file-refusals.ts'
import { isFileId } from '../files/file-store.ts'
import type { FileCursor, FileQuery } from '../files/list-files.ts'
import { validate } from '../http/validate.ts'
import { AppError } from '../kernel/app-error.ts'

const idsMax = 100
const id = z.string().max(100)
const ids = z.union([id, z.array(id)]).optional()

/** `GET /v1/files` of Anthropic's clients, of both versions. */
export const anthropicFilesQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(20),
  before_id: id.optional(),
  after_id: id.optional(),
  page: z.string().max(200).optional(),
  ids,
  'ids[]': ids,
})

/** Of OpenAI's. */
export const openaiFilesQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(10_000).default(10_000),
  order: z.enum(['asc', 'desc']).default('desc'),
  after: id.optional(),
  purpose: z
    .string()
    .regex(/^[a-z_-]{1,50}$/, 'expected a purpose such as batch')
    .optional(),
})

type Lookup = Pick<ClientFiles, 'cursorOf'>

/** @throws AppError 400 that names what is wrong in the query. */
export async function readAnthropicQuery(files: Lookup, owner: FileOwner, query: unknown): Promise<FileQuery> {
  const asked = validate(anthropicFilesQuerySchema, query)
  const wanted = [...new Set([asked.ids ?? [], asked['ids[]'] ?? []].flat())]
  const order = 'newest_first' as const
  if (wanted.length > 0) {
    if (wanted.length > idsMax) throw wrong('ids', `at most ${idsMax} ids`)
    // Those that are none of ours are not there, and PostgreSQL could not even be asked for some.
    return { limit: idsMax, order, ids: wanted.filter(isFileId) }
  }
  const { after_id: afterId, before_id: beforeId, page } = asked
  if (afterId !== undefined && beforeId !== undefined) throw wrong('before_id', 'it or after_id, not both')
  return {
    ...{ limit: asked.limit, order },
    ...(page === undefined ? {} : { after: readPage(page) }),
    ...(afterId === undefined ? {} : { after: await find(files, owner, { fileId: afterId, param: 'after_id' }) }),
    ...(beforeId === undefined ? {} : { before: await find(files, owner, { fileId: beforeId, param: 'before_id' }) }),
  }
}

export async function readOpenaiQuery(files: Lookup, owner: FileOwner, query: unknown): Promise<FileQuery> {
  const { limit, order, after, purpose } = validate(openaiFilesQuerySchema, query)
  return {
    ...{ limit, order: order === 'desc' ? 'newest_first' : 'oldest_first', purpose },
    ...(after === undefined ? {} : { after: await find(files, owner, { fileId: after, param: 'after' }) }),
  }
}

/** The token of the page after this file. It has nothing in it that its reader does not know. */
export function pageAfter({ createdAtMs, id: fileId }: FileCursor): string {
  return Buffer.from(`${createdAtMs} ${fileId}`).toString('base64url')
}

function readPage(page: string): FileCursor {
  const [, createdAtMs, fileId] =
    /^(\d{1,15}) (file_[0-9A-Za-z]{24})$/.exec(Buffer.from(page, 'base64url').toString()) ?? []
  if (createdAtMs === undefined || fileId === undefined) throw wrong('page', 'next_page of an earlier answer')
  return { createdAtMs: Number(createdAtMs), id: fileId }
}

async function find(files: Lookup, owner: FileOwner, { fileId, param }: { fileId: string; param: string }) {
  const cursor = await files.cursorOf(owner, fileId)
  if (cursor === null) throw noSuchFile(fileId, param)
  return cursor
}

function wrong(param: string, expected: string): AppError {
  return new AppError('invalid_request', `${param}: expected ${expected}.`, { param })
}
