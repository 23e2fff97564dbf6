/** The languages that the checkout and the mails speak, as BCP 47 tags. */
export const languageTags = ['en', 'es', 'de', 'fr', 'pt-BR', 'ja', 'ko', 'hi', 'ru', 'zh-Hans', 'ar'] as const
export type LanguageTag = (typeof languageTags)[number]
/** The same as bare languages in one text, for `sdk.js`, where every byte counts. `pt` is Brazilian, `zh` simplified. */
export const spokenLanguages = 'en es de fr pt ja ko hi ru zh ar'

/** English made longer and accented, and English mirrored: for tests, and only where they are asked for by name. */
export const pseudoLanguageTags = ['en-XA', 'ar-XB'] as const
export type PseudoLanguageTag = (typeof pseudoLanguageTags)[number]

export interface ChosenLocale {
  /** Of the words. */
  readonly language: LanguageTag | PseudoLanguageTag
  /** How numbers, money and dates are written: the language of the words as it is used in the user's region. */
  readonly formats: string
  readonly direction: 'ltr' | 'rtl'
}

/**
 * Chooses the first wanted locale whose language is spoken here, in the same script: `pt` is `pt-BR`, `es-419` and
 * `es-MX` are `es`, `zh-SG` is `zh-Hans`. Traditional Chinese (`zh-TW`, `zh-HK`) is not answered in Simplified, as on
 * Android and in CLDR's fallbacks: the next language of the list is taken, else English. `auto` and what is no tag are
 * skipped.
 * @param wanted best first: what the app asked for, then the browser's languages
 */
export function chooseLocale(wanted: readonly string[]): ChosenLocale {
  const refused = new Set<string>()
  for (const text of wanted) {
    const pseudo = pseudoLanguageTags.find((tag) => tag === text)
    if (pseudo !== undefined) return { language: pseudo, formats: 'en', direction: pseudo === 'ar-XB' ? 'rtl' : 'ltr' }
    const locale = parseLocale(text)
    // Browsers add the bare language to each region: a `zh` that follows `zh-TW` says nothing new.
    if (locale === null || refused.has(locale.baseName)) continue
    const language = languageTags.find((tag) => isSameWriting(new Intl.Locale(tag), locale))
    if (language === undefined) refused.add(locale.language)
    else return { language, formats: locale.toString(), direction: directionOf(language) }
  }
  return { language: 'en', formats: 'en', direction: 'ltr' }
}

function directionOf(language: LanguageTag): 'ltr' | 'rtl' {
  return language === 'ar' ? 'rtl' : 'ltr'
}

/** Null for `auto` and for what is no tag. POSIX writes `pt_BR`. */
export function parseLocale(text: string): Intl.Locale | null {
  if (text === 'auto') return null
  try {
    return new Intl.Locale(text.replaceAll('_', '-'))
  } catch {
    return null
  }
}

function isSameWriting(one: Intl.Locale, other: Intl.Locale): boolean {
  const [first, second] = [one.maximize(), other.maximize()]
  return first.language === second.language && first.script === second.script
}
