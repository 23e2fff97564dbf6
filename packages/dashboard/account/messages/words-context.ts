import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Translate as TranslateOf } from '../../shared/messages/translate.ts'
import { createWords, type SharedTranslate, type SharedWords } from '../../shared/messages/words-context.ts'
import { en } from './en.ts'

export type MessageKey = keyof typeof en
/** Of this page's messages; it can be handed to what all pages share. */
export type Translate = TranslateOf<typeof en> & SharedTranslate

export interface Words extends SharedWords {
  readonly t: Translate
}

export const createAccountWords = (wanted: readonly string[]): Words => createWords(en, wanted)

export const WordsContext = createContext<Words>(createAccountWords([]))

export const useWords = (): Words => useContext(WordsContext)
