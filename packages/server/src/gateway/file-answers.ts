import { z } from 'zod'
import type { ClientFile, FilePage } from '../files/client-files.ts'
import { secondMs } from '../kernel/clock.ts'

/** A file as Anthropic's clients know it. */
export const anthropicFileAnswer = z.object({
  ...{ id: z.string(), type: z.literal('file'), filename: z.string(), mime_type: z.string(), size_bytes: z.int() },
  ...{ created_at: z.string(), downloadable: z.boolean(), expires_at: z.string().nullable() },
})

/** As OpenAI's know it. */
export const openaiFileAnswer = z.object({
  ...{ id: z.string(), object: z.literal('file'), bytes: z.int(), created_at: z.int(), filename: z.string() },
  ...{ purpose: z.string(), status: z.literal('processed'), expires_at: z.int().nullable() },
})

export const anthropicFilesAnswer = z.object({
  data: z.array(anthropicFileAnswer),
  has_more: z.boolean(),
  first_id: z.string().nullable(),
  last_id: z.string().nullable(),
  next_page: z.string().nullable().describe('page of the next call, for clients of the version 2026-10-21'),
})

export const openaiFilesAnswer = z.object({
  object: z.literal('list'),
  data: z.array(openaiFileAnswer),
  has_more: z.boolean(),
  first_id: z.string().nullable(),
  last_id: z.string().nullable(),
})

export function anthropicFile(file: ClientFile): z.output<typeof anthropicFileAnswer> {
  return {
    ...{ id: file.id, type: 'file', filename: file.filename, mime_type: file.mimeType, size_bytes: file.sizeBytes },
    created_at: new Date(file.createdAtMs).toISOString(),
    // Unlike at Anthropic, whoever uploaded a file gets it back.
    downloadable: true,
    expires_at: file.expiresAtMs === null ? null : new Date(file.expiresAtMs).toISOString(),
  }
}

export function openaiFile(file: ClientFile): z.output<typeof openaiFileAnswer> {
  return {
    ...{ id: file.id, object: 'file', bytes: file.sizeBytes, created_at: secondsOf(file.createdAtMs) },
    ...{ filename: file.filename, purpose: file.purpose ?? 'user_data', status: 'processed' },
    expires_at: file.expiresAtMs === null ? null : secondsOf(file.expiresAtMs),
  }
}

/** Both paginations of Anthropic's at once: each client reads its own. */
export function anthropicFiles(
  { files, hasMore }: FilePage,
  nextPage: string | null,
): z.output<typeof anthropicFilesAnswer> {
  return { data: files.map(anthropicFile), has_more: hasMore, ...endsOf(files), next_page: nextPage }
}

export function openaiFiles({ files, hasMore }: FilePage): z.output<typeof openaiFilesAnswer> {
  return { object: 'list', data: files.map(openaiFile), has_more: hasMore, ...endsOf(files) }
}

function endsOf(files: readonly ClientFile[]) {
  return { first_id: files[0]?.id ?? null, last_id: files.at(-1)?.id ?? null }
}

function secondsOf(timeMs: number): number {
  return Math.floor(timeMs / secondMs)
}
