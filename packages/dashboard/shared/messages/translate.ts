import type { Message } from './message.ts'

/** Every message of a page by its name, in one language. */
export type Messages = Readonly<Record<string, Message>>

type NamesIn<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never
type TextOf<One> = One extends { readonly other: infer Other } ? Other : One
type CountOf<One> = One extends string ? object : { readonly count: number }
type Values<One> = CountOf<One> & { readonly [Name in Exclude<NamesIn<TextOf<One>>, 'count'>]: string }

/** Fills a message in. A count is a number: it chooses the form, and is written in the user's digits. */
export type Translate<En extends Messages> = <Key extends keyof En>(
  key: Key,
  ...values: keyof Values<En[Key]> extends never ? [] : [Values<En[Key]>]
) => string

/** The messages with no hole to be filled. */
export type PlainKey<En extends Messages> = {
  [Key in keyof En]: keyof Values<En[Key]> extends never ? Key : never
}[keyof En]

/**
 * Fills messages in by their name. What it returns is a {@link Translate} of the messages given: the pages' own
 * `words-context.ts` name the type.
 * @param language BCP 47 tag of the words; it decides about plurals
 * @param numberLocale how numbers are written
 */
export function createTranslate(messages: Messages, language: string, numberLocale: string) {
  const plurals = new Intl.PluralRules(language)
  // Down, so that a balance is never shown larger than it is.
  const numbers = new Intl.NumberFormat(numberLocale, { maximumFractionDigits: 2, roundingMode: 'floor' })
  return (key: string, ...[values]: readonly object[]): string => {
    const given = new Map<string, string | number>(Object.entries(values ?? {}))
    const count = given.get('count')
    const text = formOf(messages[key] ?? key, typeof count === 'number' ? plurals.select(count) : 'other')
    return text.replace(/\{(\w+)\}/g, (hole, name: string) => {
      const value = given.get(name)
      if (value === undefined) return hole
      return typeof value === 'number' ? numbers.format(value) : value
    })
  }
}

function formOf(message: Message, category: Intl.LDMLPluralRule): string {
  return typeof message === 'string' ? message : (message[category] ?? message.other)
}
