import { AppError } from '../../kernel/app-error.ts'

/** What a format's fields are worth when the request goes to a model of another family. */
export interface FieldRules {
  /** Read, and said again in the other format. */
  readonly read: readonly string[]
  /** Without an effect on the answer: hints for a cache, labels for a dashboard. */
  readonly hints: readonly string[]
  /** Cannot be honoured, but these values ask for nothing. */
  readonly neutral: Readonly<Record<string, (value: unknown) => boolean>>
}

/**
 * What another family's model cannot do is said, not passed over.
 * @throws AppError `invalid_request` naming the field.
 */
export function refuseUnheeded(body: Readonly<Record<string, unknown>>, rules: FieldRules): void {
  for (const [name, value] of Object.entries(body)) {
    if (value === null || value === undefined || rules.read.includes(name) || rules.hints.includes(name)) continue
    if (rules.neutral[name]?.(value) === true) continue
    throw new AppError(
      'invalid_request',
      `${name}: this model cannot do that. Leave it out, or choose another model.`,
      {
        param: name,
      },
    )
  }
}
