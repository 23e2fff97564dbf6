import type { z } from 'zod'
import { AppError } from '../kernel/app-error.ts'

/**
 * Checks a value from outside against a schema.
 * @throws AppError `invalid_request` whose message and `param` name the first wrong field.
 */
export function validate<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const param = issue === undefined ? '' : formatPath(issue)
  const reason = issue?.message ?? 'invalid'
  throw new AppError('invalid_request', param === '' ? reason : `${param}: ${reason}`, param === '' ? {} : { param })
}

function formatPath(issue: z.core.$ZodIssue): string {
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? String(part) : `${text}.${String(part)}`
  }, '')
}
