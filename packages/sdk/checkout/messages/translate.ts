import { fillPlaceholders } from '@opencredits/protocol'
import { en } from './en.ts'
import type { Message, Plural } from './message.ts'

export type MessageKey = keyof typeof en

/**
 * What another language has to have: the same keys, in the same kind, and each form of a plural that it has.
 * `satisfies MessagesIn<…>` makes a missing or an extra message a type error.
 */
export type MessagesIn<Category extends Intl.LDMLPluralRule> = {
  readonly [Key in MessageKey]: (typeof en)[Key] extends string ? string : Readonly<Record<Category | 'other', string>>
}
export type Messages = { readonly [Key in MessageKey]: (typeof en)[Key] extends string ? string : Plural }

export interface Language {
  /** BCP 47 tag of the words; it decides about plurals, and is the page's `lang`. */
  readonly tag: string
  readonly direction: 'ltr' | 'rtl'
  readonly messages: Messages
}

export const english: Language = { tag: 'en', direction: 'ltr', messages: en }

type NamesIn<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never
type TextOf<Key extends MessageKey> = (typeof en)[Key] extends { readonly other: infer Other }
  ? Other
  : (typeof en)[Key]
type CountOf<Key extends MessageKey> = (typeof en)[Key] extends string ? object : { readonly count: number }
type Values<Key extends MessageKey> = CountOf<Key> & {
  readonly [Name in Exclude<NamesIn<TextOf<Key>>, 'count'>]: string
}

/** Fills a message in. A count is a number: it chooses the form, and is written in the user's digits. */
export type Translate = <Key extends MessageKey>(
  key: Key,
  ...values: keyof Values<Key> extends never ? [] : [Values<Key>]
) => string

/** @param numberLocale how numbers are written; undefined: as the browser does. */
export function createTranslate(language: Language, numberLocale: string | undefined): Translate {
  const isRightToLeft = language.direction === 'rtl'
  const plurals = new Intl.PluralRules(language.tag)
  // Down, so that a balance is never shown larger than it is.
  const numbers = new Intl.NumberFormat(numberLocale, { maximumFractionDigits: 2, roundingMode: 'floor' })
  return (key, ...[values]) => {
    const given = new Map<string, string | number>(Object.entries(values ?? {}))
    const count = given.get('count')
    const text = formOf(language.messages[key], typeof count === 'number' ? plurals.select(count) : 'other')
    return fillPlaceholders(text, (name) => {
      const value = given.get(name)
      return typeof value === 'number' ? numbers.format(value) : value && isolate(value, isRightToLeft)
    })
  }
}

const writtenToTheLeft = /[\u0590-\u08ff\ufb1d-\ufefc]/

/** A name that runs the other way than the sentence would drag the signs around it along, so it is kept to itself. */
function isolate(value: string, isRightToLeft: boolean): string {
  return isRightToLeft || writtenToTheLeft.test(value) ? `\u2068${value}\u2069` : value
}

function formOf(message: Message, category: Intl.LDMLPluralRule): string {
  return typeof message === 'string' ? message : (message[category] ?? message.other)
}
