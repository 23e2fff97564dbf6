import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { PlainKey, Translate as TranslateOf } from '../../shared/messages/translate.ts'
import { createWords, type SharedTranslate, type SharedWords } from '../../shared/messages/words-context.ts'
import { en } from './en.ts'

/** A message that needs no values, such as the title of a page. */
export type TitleKey = PlainKey<typeof en>
/** Of the console's messages; it can be handed to what all pages share. */
export type Translate = TranslateOf<typeof en> & SharedTranslate

export interface Words extends SharedWords {
  readonly t: Translate
}

export const createPartnerWords = (wanted: readonly string[]): Words => createWords(en, wanted)

export const WordsContext = createContext<Words>(createPartnerWords([]))

export const useWords = (): Words => useContext(WordsContext)
