import type { z } from 'zod'

/**
 * Says in plain words what a field was expected to be, where its schema does not say it itself. Neither the words of
 * the library nor what the caller sent is repeated.
 * @returns undefined where the library's own words have to do
 */
export function explainIssue(issue: z.core.$ZodRawIssue): string | undefined {
  const sent = nameOf(issue.input)
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return `is missing; expected ${kindOf(issue.expected)}`
      return `expected ${kindOf(issue.expected)}, got ${sent}`
    case 'invalid_value':
      return `expected ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map((value) => JSON.stringify(value)).join(', ')}${issue.input === undefined ? '; it is missing' : ''}`
    case 'too_small':
      return `expected ${sizeOf('at least', Number(issue.minimum), issue.origin, issue.inclusive === false)}`
    case 'too_big':
      return `expected ${sizeOf('at most', Number(issue.maximum), issue.origin, issue.inclusive === false)}`
    case 'unrecognized_keys':
      return 'is not a field of this request; leave it out, or check its spelling'
    case 'invalid_union':
      return explainUnion(issue)
    case 'invalid_format':
      return `expected ${formats[issue.format] ?? 'another form'}`
    default:
      return undefined
  }
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
}

const formats: Readonly<Record<string, string>> = {
  email: 'an e-mail address',
  url: 'a URL',
  datetime: 'a date and time such as 2026-01-31T12:00:00Z',
}

function kindOf(expected: string): string {
  return kinds[expected] ?? expected
}

function nameOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number' && !Number.isInteger(value)) return 'a number with a fraction'
  return kindOf(typeof value)
}

function sizeOf(bound: 'at least' | 'at most', limit: number, origin: string, isExclusive: boolean): string {
  if (origin === 'string') return `${bound} ${limit} ${limit === 1 ? 'character' : 'characters'}`
  if (origin === 'array') return `${bound} ${limit} ${limit === 1 ? 'item' : 'items'}`
  if (isExclusive) return `a number ${bound === 'at least' ? 'above' : 'below'} ${limit}`
  return `a number of ${bound} ${limit}`
}

function explainUnion(issue: Extract<z.core.$ZodRawIssue, { readonly code: 'invalid_union' }>): string {
  const expected = issue.errors.flatMap(([first]) =>
    first?.code === 'invalid_type' && first.path.length === 0 ? [kindOf(first.expected)] : [],
  )
  if (expected.length === 0) return `has a form that is not known here; see the API reference at /docs`
  const known = [...new Set(expected)].join(' or ')
  return issue.input === undefined ? `is missing; expected ${known}` : `expected ${known}, got ${nameOf(issue.input)}`
}
