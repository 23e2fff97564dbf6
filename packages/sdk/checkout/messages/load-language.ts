import type { ChosenLocale } from '@opencredits/protocol'
import { english, type Language, type Messages } from './translate.ts'

type Tag = ChosenLocale['language']

/** One chunk a language, fetched only where it is spoken. English is built in. */
const chunks: Readonly<Record<Exclude<Tag, 'en'>, () => Promise<Messages>>> = {
  es: async () => (await import('./es.ts')).es,
  de: async () => (await import('./de.ts')).de,
  fr: async () => (await import('./fr.ts')).fr,
  'pt-BR': async () => (await import('./pt-br.ts')).ptBr,
  ja: async () => (await import('./ja.ts')).ja,
  ko: async () => (await import('./ko.ts')).ko,
  hi: async () => (await import('./hi.ts')).hi,
  ru: async () => (await import('./ru.ts')).ru,
  'zh-Hans': async () => (await import('./zh-hans.ts')).zhHans,
  ar: async () => (await import('./ar.ts')).ar,
  'en-XA': async () => (await import('./pseudo.ts')).lengthened(english.messages),
  'ar-XB': async () => (await import('./pseudo.ts')).mirrored(english.messages),
}

const loading = new Map<Tag, Promise<Language>>()

/** Fetches a language once. @throws (rejects) where it cannot be fetched; the next call tries again. */
export function loadLanguage({ language: tag, direction }: ChosenLocale): Promise<Language> {
  if (tag === 'en') return Promise.resolve(english)
  const known = loading.get(tag)
  if (known !== undefined) return known
  const language = chunks[tag]().then((messages) => ({ tag, direction, messages }))
  loading.set(tag, language)
  language.catch(() => loading.delete(tag))
  return language
}

/** Says on the page which language it is in, and which way that runs. */
export function declareLanguage({ tag, direction }: Language): void {
  document.documentElement.lang = tag
  document.documentElement.dir = direction
}
