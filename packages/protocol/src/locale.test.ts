import { describe, expect, it } from 'vitest'
import { chooseLocale, languageTags, spokenLanguages } from './locale.ts'

describe('chooseLocale', () => {
  const cases: readonly (readonly [string, readonly string[], string, string])[] = [
    ['a language as it is', ['de'], 'de', 'de'],
    ['a region keeps its way to write numbers', ['de-AT'], 'de', 'de-AT'],
    ['Portuguese is Brazilian', ['pt'], 'pt-BR', 'pt'],
    ['the Portuguese of Portugal too', ['pt-PT'], 'pt-BR', 'pt-PT'],
    ['the Spanish of Latin America', ['es-419'], 'es', 'es-419'],
    ['the Spanish of Mexico', ['es-MX'], 'es', 'es-MX'],
    ['Chinese is Simplified', ['zh'], 'zh-Hans', 'zh'],
    ['of China', ['zh-CN'], 'zh-Hans', 'zh-CN'],
    ['of Singapore', ['zh-SG'], 'zh-Hans', 'zh-SG'],
    ['Simplified in Hong Kong', ['zh-Hans-HK'], 'zh-Hans', 'zh-Hans-HK'],
    ['Traditional is not answered in Simplified', ['zh-TW'], 'en', 'en'],
    ['nor in Hong Kong', ['zh-Hant-HK'], 'en', 'en'],
    ['Traditional with its bare language behind it', ['zh-TW', 'zh', 'en-US', 'en'], 'en', 'en-US'],
    ['Traditional, then Simplified by name', ['zh-TW', 'zh-CN'], 'zh-Hans', 'zh-CN'],
    ['Traditional, then another language', ['zh-HK', 'ja'], 'ja', 'ja'],
    ['Arabic with other digits', ['ar-u-nu-latn'], 'ar', 'ar-u-nu-latn'],
    ['Hindi in Latin letters is another writing', ['hi-Latn', 'hi'], 'en', 'en'],
    ['the second of the browser', ['pl', 'fr-CH', 'en'], 'fr', 'fr-CH'],
    ['English as it is written in India', ['en-IN'], 'en', 'en-IN'],
    ['auto leaves it to the browser', ['auto', 'ko-KR'], 'ko', 'ko-KR'],
    ['as POSIX writes it', ['pt_BR'], 'pt-BR', 'pt-BR'],
    ['in odd letters', ['DE-de'], 'de', 'de-DE'],
    ['nothing spoken here', ['pl', 'no', 'nb'], 'en', 'en'],
    ['garbage', ['../../etc', '', '-', 'C', '🙂'], 'en', 'en'],
    ['nothing at all', [], 'en', 'en'],
    ['a pseudo-locale by name', ['en-XA'], 'en-XA', 'en'],
    ['the mirrored one', ['ar-XB'], 'ar-XB', 'en'],
  ]
  it.each(cases)('%s', (_label, wanted, language, formats) =>
    expect(chooseLocale(wanted)).toMatchObject({ language, formats }),
  )
  it.each([
    ['ar', 'rtl'],
    ['ar-EG', 'rtl'],
    ['ar-XB', 'rtl'],
    ['en-XA', 'ltr'],
    ['he', 'ltr'],
    ['ja', 'ltr'],
  ])('%s runs %s: as its words do', (tag, direction) => expect(chooseLocale([tag]).direction).toBe(direction))
  it('speaks each of its own tags', () => {
    for (const tag of languageTags) expect(chooseLocale([tag])).toMatchObject({ language: tag, formats: tag })
  })
})

it('spokenLanguages names the languages of all tags', () =>
  expect(spokenLanguages.split(' ')).toEqual(languageTags.map((tag) => tag.split('-')[0])))
