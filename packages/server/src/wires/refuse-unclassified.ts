import type { ErrorDialect } from '../http/error-dialect.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Rule } from './classification.ts'

type Step = string | number

interface Refusal {
  /** From the refused part outwards: a body that passes costs no path. */
  readonly path: Step[]
  readonly kind: 'unknown_field' | 'unknown_type' | 'refused_type' | 'refused' | 'wrong_value' | 'infinite'
  readonly rule: Rule
  readonly value: unknown
}

/**
 * Refuses what a format's table does not name, and what it names as refused. It reads the fields that the table spells
 * out and nothing below them, so its cost grows with the number of messages and blocks, not with their length.
 * @throws AppError `invalid_request` naming the part, in the caller's dialect.
 */
export function refuseUnclassified(body: Readonly<Record<string, unknown>>, table: Rule, dialect: ErrorDialect): void {
  const refusal = check(body, table)
  if (refusal === null) return
  const words = dialect === 'anthropic' ? inAnthropicWords(refusal) : inOpenaiWords(refusal)
  throw new AppError('invalid_request', words.message, {
    param: words.param,
    ...(refusal.rule.wireCode === undefined ? {} : { wireCode: refusal.rule.wireCode }),
  })
}

function check(value: unknown, rule: Rule): Refusal | null {
  // What is null asks for nothing.
  if (value === null || value === undefined) return null
  if (rule.verdict === 'refused') return { path: [], kind: 'refused', rule, value }
  if (rule.values !== undefined && !rule.values.has(value)) return { path: [], kind: 'wrong_value', rule, value }
  // JSON.parse reads 1e400 as Infinity, which goes out as null: no limit at all, where it is one.
  if (typeof value === 'number' && !Number.isFinite(value)) return { path: [], kind: 'infinite', rule, value }
  if (typeof value !== 'object') return null
  if (rule.each !== undefined) return Array.isArray(value) ? checkEach(value, rule.each) : check(value, rule.each)
  if (rule.types !== undefined) return checkType(value, rule)
  return rule.fields === undefined ? null : checkFields(value, rule, rule.fields)
}

function checkEach(values: readonly unknown[], rule: Rule): Refusal | null {
  for (let index = 0; index < values.length; index += 1) {
    const refusal = check(values[index], rule)
    if (refusal !== null) return within(index, refusal)
  }
  return null
}

function checkType(value: object, rule: Rule): Refusal | null {
  const type: unknown = Reflect.get(value, 'type') ?? rule.defaultType
  const found = typeof type === 'string' ? rule.types?.get(type) : undefined
  if (found === undefined) return { path: [], kind: 'unknown_type', rule, value: type }
  if (found.verdict === 'refused') return { path: [], kind: 'refused_type', rule: found, value: type }
  return check(value, found)
}

function checkFields(value: object, rule: Rule, fields: ReadonlyMap<string, Rule>): Refusal | null {
  for (const name of Object.keys(value)) {
    const found = fields.get(name)
    const part: unknown = Reflect.get(value, name)
    if (found === undefined) {
      if (rule.isOpen === true || part === null) continue
      return { path: [name], kind: 'unknown_field', rule, value: part }
    }
    const refusal = check(part, found)
    if (refusal !== null) return within(name, refusal)
  }
  return null
}

function within(step: Step, refusal: Refusal): Refusal {
  refusal.path.push(step)
  return refusal
}

interface Words {
  readonly message: string
  readonly param: string
}

/** Claude Code and Anthropic's SDKs know what to leave out by these wordings of Anthropic's own. */
function inAnthropicWords({ path, kind, rule, value }: Refusal): Words {
  const param = path.toReversed().join('.')
  const tag = `${param}: Input tag '${shown(value)}' found using 'type'`
  switch (kind) {
    case 'unknown_field':
      return { param, message: `${param}: Extra inputs are not permitted` }
    case 'unknown_type':
      return { param, message: `${tag} does not match any of the expected tags: ${known(rule)}` }
    case 'refused_type':
      return { param, message: `${tag} is not served here: ${rule.note}` }
    case 'infinite':
      return { param, message: `${param}: ${tooLarge}` }
    default:
      return { param, message: `${param}: ${rule.note}` }
  }
}

function inOpenaiWords({ path, kind, rule, value }: Refusal): Words {
  const place = path
    .toReversed()
    .reduce<string>((text, step) => (typeof step === 'number' ? `${text}[${step}]` : joined(text, step)), '')
  const ofType = joined(place, 'type')
  switch (kind) {
    case 'unknown_field':
      return { param: place, message: `Unknown parameter: '${place}'.` }
    case 'unknown_type':
      return {
        param: ofType,
        message: `${ofType}: Invalid value: '${shown(value)}'. Supported values are: ${known(rule)}.`,
      }
    case 'refused_type':
      return { param: ofType, message: `${ofType}: '${shown(value)}' is not served here: ${rule.note}` }
    case 'infinite':
      return { param: place, message: `${place}: ${tooLarge}` }
    default:
      return { param: place, message: `${place}: ${rule.note}` }
  }
}

const tooLarge = 'this number is too large. Send a smaller one.'

function joined(place: string, name: string): string {
  return place === '' ? name : `${place}.${name}`
}

function known(rule: Rule): string {
  const names = [...(rule.types ?? [])].flatMap(([name, { verdict }]) => (verdict === 'refused' ? [] : [`'${name}'`]))
  return names.join(', ')
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 60) : typeof value
}
