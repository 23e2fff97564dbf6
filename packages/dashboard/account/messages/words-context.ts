import { chooseLocale } from '@opencredits/protocol'
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { createFormat, type Format } from '../parts/format.ts'
import { createTranslate, english, type Translate } from './translate.ts'

export interface Words {
  readonly t: Translate
  readonly format: Format
}

/** The words in the only language so far, and numbers and dates as that language writes them in the user's region. */
export function createWords(wanted: readonly string[]): Words {
  const known = wanted.filter((tag) => chooseLocale([tag]).language === english.tag)
  const { formats } = chooseLocale(known)
  return { t: createTranslate(english, formats), format: createFormat({ locale: formats }) }
}

export const WordsContext = createContext<Words>(createWords([]))

export const useWords = (): Words => useContext(WordsContext)
