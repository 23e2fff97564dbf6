import type { z } from 'zod'
import { AppError } from '../kernel/app-error.ts'
import { explainIssue } from './explain-issue.ts'

/**
 * Checks a value from outside against a schema.
 * @throws AppError `invalid_request` whose message and `param` name the first wrong field.
 */
export function validate<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value, { error: explainIssue })
  if (result.success) return result.data
  const issue = deepest(result.error.issues[0])
  const param = issue === undefined ? '' : formatPath(issue)
  const reason = issue?.message ?? 'invalid'
  throw new AppError('invalid_request', param === '' ? reason : `${param}: ${reason}`, param === '' ? {} : { param })
}

/** Where a value may be of several kinds, the kind that it fits furthest is the one that was meant. */
function deepest(issue: z.core.$ZodIssue | undefined): z.core.$ZodIssue | undefined {
  if (issue?.code !== 'invalid_union') return issue
  const inner = issue.errors.flatMap((branch) => {
    const found = deepest(branch[0])
    return found === undefined ? [] : [{ ...found, path: [...issue.path, ...found.path] }]
  })
  const [first] = inner.toSorted((one, other) => other.path.length - one.path.length)
  return first !== undefined && first.path.length > issue.path.length ? first : issue
}

function formatPath(issue: z.core.$ZodIssue): string {
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? String(part) : `${text}.${String(part)}`
  }, '')
}
