import { type Fields, fieldsOf, isFields } from '../json.ts'
import { invalid } from './stripe-error.ts'

/** What a parameter may be. In a form everything is text; only the words of it can be right or wrong. */
export type Shape =
  | 'text'
  | 'integer'
  | 'boolean'
  | 'url'
  | 'email'
  /** `#rrggbb` */
  | 'color'
  | 'metadata'
  /** Known to Stripe and of no consequence here. */
  | 'unused'
  | readonly string[]
  | { readonly list: Shape }
  | { readonly fields: Readonly<Record<string, Shape>> }

const metadataKeysMax = 50
const metadataKeyLengthMax = 40
const metadataValueLengthMax = 500

/** @throws StripeApiError in Stripe's words, for the first parameter that is unknown or malformed. */
export function checkParameters(parameters: Fields, shapes: Readonly<Record<string, Shape>>, prefix = ''): void {
  for (const [name, value] of Object.entries(parameters)) {
    const path = prefix === '' ? name : `${prefix}[${name}]`
    const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined
    if (shape === undefined) throw invalid(`Received unknown parameter: ${path}`, path, 'parameter_unknown')
    checkValue(value, shape, path)
  }
}

function checkValue(value: unknown, shape: Shape, path: string): void {
  if (shape === 'unused') return
  if (shape === 'metadata') {
    checkMetadata(value, path)
  } else if (typeof shape === 'object' && 'fields' in shape) {
    if (!isFields(value)) throw invalid('Invalid object', path)
    checkParameters(value, shape.fields, path)
  } else if (typeof shape === 'object' && 'list' in shape) {
    if (!Array.isArray(value)) throw invalid('Invalid array', path)
    for (const [index, item] of value.entries()) checkValue(item, shape.list, `${path}[${index}]`)
  } else checkText(value, shape, path)
}

function checkText(value: unknown, shape: Exclude<Shape, object> | readonly string[], path: string): void {
  if (typeof value !== 'string') throw invalid('Invalid string', path)
  if (value === '') {
    throw invalid(
      `You passed an empty string for '${path}'. We assume empty values are an attempt to unset a parameter; however '${path}' cannot be unset.`,
      path,
      'parameter_invalid_empty',
    )
  }
  if (typeof shape === 'object') {
    if (!shape.includes(value)) throw invalid(`Invalid ${path}: must be one of ${shape.join(', ')}`, path)
    return
  }
  if (shape === 'integer' && !/^-?\d{1,15}$/.test(value))
    throw invalid(`Invalid integer: ${value}`, path, 'parameter_invalid_integer')
  if (shape === 'boolean' && value !== 'true' && value !== 'false') throw invalid(`Invalid boolean: ${value}`, path)
  if (shape === 'url' && !URL.canParse(value.replaceAll('{CHECKOUT_SESSION_ID}', 'id')))
    throw invalid('Not a valid URL', path, 'url_invalid')
  if (shape === 'color' && !/^#[0-9a-f]{6}$/i.test(value)) throw invalid(`Invalid hex color: ${value}`, path)
  if (shape === 'email' && !/^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(value))
    throw invalid(`Invalid email address: ${value}`, path, 'email_invalid')
}

function checkMetadata(value: unknown, path: string): void {
  if (value === '') return
  if (!isFields(value)) throw invalid('Invalid hash', path)
  const entries = Object.entries(value)
  if (entries.length > metadataKeysMax)
    throw invalid(`You cannot have more than ${metadataKeysMax} keys in metadata.`, path)
  for (const [name, text] of entries) {
    if (name.length > metadataKeyLengthMax)
      throw invalid(`Metadata keys can be up to ${metadataKeyLengthMax} characters long.`, path)
    if (typeof text !== 'string') throw invalid('Invalid string', `${path}[${name}]`)
    if (text.length > metadataValueLengthMax)
      throw invalid(`Metadata values can be up to ${metadataValueLengthMax} characters.`, `${path}[${name}]`)
  }
}

/** Metadata as Stripe keeps it; an empty value removes its key. */
export function mergeMetadata(old: Readonly<Record<string, string>>, given: unknown): Readonly<Record<string, string>> {
  if (given === undefined) return old
  const merged = new Map(Object.entries(given === '' ? {} : old))
  for (const [name, text] of Object.entries(fieldsOf(given))) {
    if (text === '') merged.delete(name)
    else merged.set(name, String(text))
  }
  return Object.fromEntries(merged)
}
