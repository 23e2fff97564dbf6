import { z } from 'zod'
import type { FileToKeep } from '../files/client-files.ts'
import { checkFilename, filenameOr } from '../files/file-name.ts'
import { isTextType, recognizeType } from '../files/recognize-type.ts'
import type { ErrorDialect } from '../http/error-dialect.ts'
import type { Upload } from '../http/read-upload.ts'
import { validate } from '../http/validate.ts'
import { AppError } from '../kernel/app-error.ts'
import { dayMs, secondMs } from '../kernel/clock.ts'

/** A file of lines for a batch is of no use for longer, unless its owner says so. */
const batchFileMs = 30 * dayMs
const hourSeconds = 3_600

const seconds = (max: number) => z.coerce.number().int().min(hourSeconds).max(max)

/** The fields beside `file`, as Anthropic's clients send them. */
export const anthropicUploadSchema = z.object({ expires_in_seconds: seconds(7_776_000).optional() })

/** As OpenAI's clients send them. */
export const openaiUploadSchema = z.object({
  purpose: z.enum(
    ['assistants', 'batch', 'user_data', 'vision'],
    'expected batch, user_data, vision or assistants; nothing is trained or evaluated here',
  ),
  'expires_after[anchor]': z.literal('created_at').optional(),
  'expires_after[seconds]': seconds(2_592_000).optional(),
})

/** Checks an upload. @throws AppError 400 that names the field, 415 for content that no model reads. */
export function readFileToKeep(
  { fields, filename, bytes }: Pick<Upload, 'fields' | 'filename' | 'bytes'>,
  dialect: ErrorDialect,
  nowMs: number,
): FileToKeep {
  const { purpose, lifetimeMs } = readFields(fields, dialect)
  checkFilename(filename)
  const mimeType = recognizeType(bytes, filename)
  if (purpose === 'batch' && !isTextType(mimeType)) throw noLines()
  return {
    ...{ filename: filenameOr(filename, mimeType), bytes, purpose },
    mimeType: purpose === 'batch' ? 'application/jsonl' : mimeType,
    expiresAtMs: lifetimeMs === null ? null : nowMs + lifetimeMs,
  }
}

function readFields(fields: ReadonlyMap<string, string>, dialect: ErrorDialect) {
  const values = Object.fromEntries(fields)
  if (dialect === 'anthropic') {
    const { expires_in_seconds: expiresIn } = validate(anthropicUploadSchema, values)
    return { purpose: null, lifetimeMs: expiresIn === undefined ? null : expiresIn * secondMs }
  }
  const read = validate(openaiUploadSchema, values)
  const expiresIn = read['expires_after[seconds]']
  if (expiresIn === undefined)
    return { purpose: read.purpose, lifetimeMs: read.purpose === 'batch' ? batchFileMs : null }
  return { purpose: read.purpose, lifetimeMs: expiresIn * secondMs }
}

function noLines(): AppError {
  return new AppError('unsupported_media_type', 'file: a file for a batch has one JSON object a line (JSONL).', {
    param: 'file',
  })
}
