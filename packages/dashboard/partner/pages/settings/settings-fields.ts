import {
  type AppSettings,
  type AppSettingsChange,
  type BudgetWindowName,
  statementSuffixProblem,
} from '@opencredits/protocol'

/** What stands in the fields, as typed. */
export interface SettingsFields {
  readonly name: string
  readonly website: string
  readonly supportEmail: string
  readonly statementSuffix: string
  readonly hasLimit: boolean
  readonly budget: string
  readonly window: BudgetWindowName
}

export type SettingsProblems = { readonly [Field in keyof SettingsFields]?: ProblemKey }

type ProblemKey =
  | 'ownNameInvalid'
  | 'websiteInvalid'
  | 'supportEmailInvalid'
  | 'statementTooLong'
  | 'statementCharacters'
  | 'statementNoLetter'
  | 'budgetInvalid'

export function fieldsOfSettings(settings: AppSettings): SettingsFields {
  return {
    name: settings.name,
    website: settings.website ?? '',
    supportEmail: settings.support_email ?? '',
    statementSuffix: settings.statement_suffix ?? '',
    hasLimit: settings.suggested_limit !== null,
    budget: String(settings.suggested_limit?.budget ?? 500),
    window: settings.suggested_limit?.window ?? 'month',
  }
}

const suffixProblems = {
  too_long: 'statementTooLong',
  characters: 'statementCharacters',
  no_letter: 'statementNoLetter',
} as const

/** Why the fields cannot be saved; null for each that can. */
export function problemsOf(fields: SettingsFields): SettingsProblems {
  const name = fields.name.trim()
  const suffix = fields.statementSuffix.trim()
  const suffixProblem = suffix === '' ? null : statementSuffixProblem(suffix)
  const budget = Number(fields.budget)
  return {
    ...(name === '' || name.length > 100 ? { name: 'ownNameInvalid' } : {}),
    ...(isHttpsOrEmpty(fields.website) ? {} : { website: 'websiteInvalid' }),
    ...(/^$|^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(fields.supportEmail.trim())
      ? {}
      : { supportEmail: 'supportEmailInvalid' }),
    ...(suffixProblem === null ? {} : { statementSuffix: suffixProblems[suffixProblem] }),
    ...(fields.hasLimit && !(fields.budget.trim() !== '' && budget > 0 && Number.isFinite(budget))
      ? { budget: 'budgetInvalid' }
      : {}),
  }
}

export function isHttpsOrEmpty(text: string): boolean {
  const typed = text.trim()
  return typed === '' || (typed.startsWith('https://') && URL.canParse(typed))
}

/** The change that the fields ask for. */
export function changeOf(fields: SettingsFields): AppSettingsChange {
  const orNull = (text: string) => (text.trim() === '' ? null : text.trim())
  return {
    name: fields.name.trim(),
    website: orNull(fields.website),
    support_email: orNull(fields.supportEmail),
    statement_suffix: orNull(fields.statementSuffix),
    suggested_limit: fields.hasLimit ? { budget: Number(fields.budget), window: fields.window } : null,
  }
}
