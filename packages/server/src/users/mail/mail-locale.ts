import { type ChosenLocale, type LanguageTag, languageTags } from '@opencredits/protocol'
import { ar } from './words/ar.ts'
import { de } from './words/de.ts'
import { en } from './words/en.ts'
import { es } from './words/es.ts'
import { fr } from './words/fr.ts'
import { hi } from './words/hi.ts'
import { ja } from './words/ja.ts'
import { ko } from './words/ko.ts'
import type { MailWords } from './words/mail-words.ts'
import { ptBr } from './words/pt-br.ts'
import { ru } from './words/ru.ts'
import { zhHans } from './words/zh-hans.ts'

const allWords: Readonly<Record<LanguageTag, MailWords>> = {
  ...{ en, es, de, fr, ja, ko, hi, ru, ar },
  'pt-BR': ptBr,
  'zh-Hans': zhHans,
}

/** The words of a mail, and how its figures are written. */
export interface MailLocale {
  readonly language: LanguageTag
  readonly words: MailWords
  /** A number with at most two decimals. */
  number(value: number): string
  /** @param amount major units */
  money(amount: number, currency: string): string
  /** @param share such as 0.8 */
  percent(share: number): string
  /** In UTC: nobody knows where the reader is. */
  time(atMs: number): string
}

export function mailLocale(locale: ChosenLocale): MailLocale {
  // A pseudo-locale is for screens; its mails are English.
  const language = languageTags.find((tag) => tag === locale.language) ?? 'en'
  const { formats } = locale
  return {
    language,
    words: allWords[language],
    number: (value) => new Intl.NumberFormat(formats, { maximumFractionDigits: 2 }).format(value),
    money: (amount, currency) => new Intl.NumberFormat(formats, { style: 'currency', currency }).format(amount),
    percent: (share) => new Intl.NumberFormat(formats, { style: 'percent' }).format(share),
    time: (atMs) =>
      new Intl.DateTimeFormat(formats, { dateStyle: 'medium', timeStyle: 'long', timeZone: 'UTC' }).format(atMs),
  }
}

/** Fills the holes of a sentence; a hole that has no value stays. What is filled in has no holes of its own. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => values[name] ?? hole)
}

/** A name that others chose, as it may stand in a subject: one line, not too long. */
export function oneLine(name: string): string {
  const line = name.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()
  const characters = [...line]
  return characters.length <= 60 ? line : `${characters.slice(0, 59).join('')}…`
}
