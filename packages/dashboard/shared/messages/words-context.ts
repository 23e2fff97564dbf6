import { chooseLocale } from '@opencredits/protocol'
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { createFormat, type Format } from '../parts/format.ts'
import { generalEn } from './en/general.ts'
import { createTranslate, type Messages, type Translate } from './translate.ts'

/** The translation of what every page says; a page's own words know these too. */
export type SharedTranslate = Translate<typeof generalEn>

export interface SharedWords {
  readonly t: SharedTranslate
  readonly format: Format
}

/** The words in the only language so far, and numbers and dates as that language writes them in the user's region. */
export function createWords(messages: Messages, wanted: readonly string[]) {
  const known = wanted.filter((tag) => chooseLocale([tag]).language === 'en')
  const { formats } = chooseLocale(known)
  return { t: createTranslate(messages, 'en', formats), format: createFormat({ locale: formats }) }
}

/** What the parts that pages share read their words from. */
export const SharedWordsContext = createContext<SharedWords>(createWords(generalEn, []))

export const useWords = (): SharedWords => useContext(SharedWordsContext)
