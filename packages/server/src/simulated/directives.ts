import { AppError } from '../kernel/app-error.ts'

/** How a simulated provider may fail before it answers. */
export const simulatedErrors = [
  'overloaded',
  'rate_limited',
  'server_error',
  'invalid_request',
  'context_length',
  'timeout',
] as const
export type SimulatedError = (typeof simulatedErrors)[number]

/** What a developer asks of a simulated model, in the last message: `simulate:tokens=500 simulate:delay=2000`. */
export interface Directives {
  /** Length of the text. */
  readonly tokens: number | null
  /** Length of what is thought before it. */
  readonly thinking: number | null
  /** Tokens of the prompt that are reported as read from a cache. */
  readonly cached: number
  /** Before the first byte. */
  readonly delayMs: number
  readonly error: SimulatedError | null
  /** The answer breaks off half way. */
  readonly isCut: boolean
  readonly isRefusal: boolean
  /** Tools that are called. */
  readonly tools: readonly string[]
  /** The counts are left out. */
  readonly hasNoUsage: boolean
}

type Name = 'tokens' | 'thinking' | 'cached' | 'delay' | 'error' | 'cut' | 'refusal' | 'tool' | 'no-usage'

interface Rule {
  /** As an error message shows it. */
  readonly form: string
  readonly isOk: (value: string | null) => boolean
}

const number = (most: number): Rule => ({
  form: `=1 to ${most}`,
  isOk: (value) => value !== null && /^\d{1,9}$/.test(value) && Number(value) >= 1 && Number(value) <= most,
})
const flag: Rule = { form: '', isOk: (value) => value === null }

/** Of all names together. */
const toolCharactersMax = 500
/** An example of arguments is made for each. */
const toolsMax = 32
/** Nobody has so many to ask for. */
const directivesMax = 100
/** What is repeated of a mistake. */
const shownCharactersMax = 60

/** Every directive with its bound, so that none keeps a server busy. */
const rules: Readonly<Record<Name, Rule>> = {
  tokens: number(100_000),
  thinking: number(2_000),
  cached: number(1_000_000),
  delay: number(30_000),
  error: {
    form: `=${simulatedErrors.join('|')}`,
    isOk: (value) => simulatedErrors.some((error) => error === value),
  },
  cut: flag,
  refusal: flag,
  tool: { form: `=NAME,… (at most ${toolsMax})`, isOk: isListOfTools },
  'no-usage': flag,
}
function isListOfTools(value: string | null): boolean {
  if (value === null || value === '' || value.length > toolCharactersMax) return false
  return value.split(',').length <= toolsMax
}

export const directiveNames: readonly string[] = Object.keys(rules)
const forms = Object.entries(rules).map(([name, { form }]) => `simulate:${name}${form}`)

const pattern = /(?<![\w:-])simulate:([a-z][a-z-]*)(?:=([\w-]*(?:,[\w-]+)*))?/g

/** @throws AppError 400 that lists the directives. */
export function readDirectives(text: string): Directives {
  const found = new Map<string, string | null>()
  let count = 0
  for (const [all, name = '', value = null] of text.matchAll(pattern)) {
    count += 1
    if (count > directivesMax) throw refused(`Expected at most ${directivesMax} of simulate:… in a message.`)
    const whole = all.slice(0, shownCharactersMax)
    const rule = isName(name) ? rules[name] : null
    if (rule === null) throw refused(`There is no ${whole}. A simulated model understands ${forms.join(', ')}.`)
    if (!rule.isOk(value)) throw refused(`${whole}: expected simulate:${name}${rule.form}.`)
    found.set(name, value)
  }
  const numberOf = (name: Name): number | null => (found.has(name) ? Number(found.get(name)) : null)
  const error = found.get('error')
  return {
    tokens: numberOf('tokens'),
    thinking: numberOf('thinking'),
    cached: numberOf('cached') ?? 0,
    delayMs: numberOf('delay') ?? 0,
    error: simulatedErrors.find((known) => known === error) ?? null,
    isCut: found.has('cut'),
    isRefusal: found.has('refusal'),
    tools: found.get('tool')?.split(',') ?? [],
    hasNoUsage: found.has('no-usage'),
  }
}

const ofEmbeddings = ['delay', 'error', 'no-usage']

/** @throws AppError 400 for what only a model that speaks can do. */
export function refuseSpoken(text: string): void {
  for (const [whole, name = ''] of text.matchAll(pattern))
    if (!ofEmbeddings.includes(name))
      throw refused(
        `${whole.slice(0, shownCharactersMax)}: embeddings understand ${ofEmbeddings.map((one) => `simulate:${one}`).join(', ')} only.`,
      )
}

/** The text without its directives. */
export function withoutDirectives(text: string): string {
  return text.replace(pattern, '').replace(/\s+/g, ' ').trim()
}

function isName(name: string): name is Name {
  return directiveNames.includes(name)
}

function refused(message: string): AppError {
  return new AppError('invalid_request', message)
}
