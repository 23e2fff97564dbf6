import { z } from 'zod'
import {
  anthropicFileAnswer,
  anthropicFilesAnswer,
  openaiFileAnswer,
  openaiFilesAnswer,
} from '../gateway/file-answers.ts'
import { anthropicFilesQuerySchema, openaiFilesQuerySchema } from '../gateway/file-pages.ts'
import { anthropicUploadSchema, openaiUploadSchema } from '../gateway/file-uploads.ts'
import { type Operation, read, write } from './operation.ts'

const headers = z.object({
  'anthropic-version': z.string().optional().describe('with it the answer has Anthropic’s shape, without it OpenAI’s'),
})

const fileAnswer = z.union([anthropicFileAnswer, openaiFileAnswer])

/** One schema for both: which fields are read depends on `anthropic-version`. */
const uploadSchema = openaiUploadSchema
  .extend(anthropicUploadSchema.shape)
  .extend({ purpose: openaiUploadSchema.shape.purpose.optional().describe('required without anthropic-version') })

const deletedAnswer = z.union([
  z.object({ id: z.string(), type: z.literal('file_deleted') }),
  z.object({ id: z.string(), object: z.literal('file'), deleted: z.literal(true) }),
])

export const fileCalls: readonly Operation[] = [
  write('/v1/files', 'Files', 'Keep a file, to be named by its id in calls of every model', {
    ...{ headers, form: uploadSchema, answer: fileAnswer },
    failures: {
      '400': 'Malformed, empty, or the user has no room left (storage_quota_exceeded)',
      '402': 'Files are kept for users with credits only',
      '403': 'The app is suspended (app_suspended)',
      '413': 'The file is larger than 25 MB',
      '415': 'Its content is no image, PDF or text in UTF-8',
    },
  }),
  read('/v1/files', 'Files', 'The user’s files in this app, newest first, in pages', {
    ...{ headers, query: openaiFilesQuerySchema.extend(anthropicFilesQuerySchema.shape) },
    answer: z.union([anthropicFilesAnswer, openaiFilesAnswer]),
  }),
  read('/v1/files/{id}', 'Files', 'What is known of a file', { headers, answer: fileAnswer }),
  read('/v1/files/{id}/content', 'Files', 'The file itself', { answersInText: 'application/octet-stream' }),
  { ...read('/v1/files/{id}', 'Files', 'Delete a file', { headers, answer: deletedAnswer }), method: 'delete' },
]
