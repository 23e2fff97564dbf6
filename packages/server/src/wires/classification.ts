/**
 * How each part of a request is treated when credits pay for it. Only what can be priced goes out under the operator's
 * key: a part that no table names is refused. A rule without further parts covers everything below it.
 */
export interface Rule {
  /** `passes`: costs no more than its tokens · `priced`: costs more, by the rule that `note` names · `refused`. */
  readonly verdict: 'passes' | 'priced' | 'refused'
  /** The rule of its price, or why it is refused: told to the caller, and printed in docs/wire-formats.md. */
  readonly note: string | null
  /** The provider's code for this refusal, where clients fall back by it. */
  readonly wireCode?: string
  /** The only values that pass; `note` says why the others do not. */
  readonly values?: ReadonlySet<unknown>
  readonly fields?: ReadonlyMap<string, Rule>
  /** Fields that `fields` does not name go along: the provider judges them. */
  readonly isOpen?: boolean
  readonly each?: Rule
  readonly types?: ReadonlyMap<string, Rule>
  /** The type of a part that names none. */
  readonly defaultType?: string
}

export function passes(note: string | null = null): Rule {
  return { verdict: 'passes', note }
}

export function priced(note: string): Rule {
  return { verdict: 'priced', note }
}

export function refused(note: string, wireCode?: string): Rule {
  return { verdict: 'refused', note, ...(wireCode === undefined ? {} : { wireCode }) }
}

/** Passes with these values; with any other it is refused. */
export function only(values: readonly unknown[], note: string): Rule {
  return { verdict: 'passes', note, values: new Set(values) }
}

/** An object with exactly these fields. A value that is no object is the provider's to judge. */
export function exactly(fields: Readonly<Record<string, Rule>>, rule: Rule = passes()): Rule {
  return { ...rule, fields: new Map(Object.entries(fields)) }
}

/** An object of which these fields matter. */
export function atLeast(fields: Readonly<Record<string, Rule>>, rule: Rule = passes()): Rule {
  return { ...exactly(fields, rule), isOpen: true }
}

/** Every member of a list; text in its place passes. */
export function eachOf(each: Rule, rule: Rule = passes()): Rule {
  return { ...rule, each }
}

/** A part that is told by its `type`: only these types. */
export function byType(types: Readonly<Record<string, Rule>>, defaultType?: string): Rule {
  return { ...passes(), types: new Map(Object.entries(types)), ...(defaultType === undefined ? {} : { defaultType }) }
}

/** The same rule for several names. */
export function all<Name extends string>(names: readonly Name[], rule: Rule = passes()): Readonly<Record<Name, Rule>> {
  return Object.fromEntries(names.map((name) => [name, rule])) as Record<Name, Rule>
}

/** What a header may switch on, by its value. */
export type ClassifiedBetas = ReadonlyMap<string, Rule>

/** One format, whole. */
export interface Classification {
  readonly body: Rule
  readonly betas: ClassifiedBetas
}
