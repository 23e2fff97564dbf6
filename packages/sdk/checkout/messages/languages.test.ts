import { type ChosenLocale, chooseLocale, languageTags } from '@opencredits/protocol'
import { describe, expect, it } from 'vitest'
import { en } from './en.ts'
import { declareLanguage, loadLanguage } from './load-language.ts'
import type { Message } from './message.ts'
import { createTranslate, type Language } from './translate.ts'

const holesOf = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort()
const formsOf = (message: Message) => (typeof message === 'string' ? { other: message } : message)
const keys = Object.keys(en).sort()
const english: Readonly<Record<string, Message>> = en

/** In these languages it is the same word, or there is no word in it at all. */
const sameAsEnglish: Readonly<Record<string, readonly string[]>> = {
  de: ['amountSpoken', 'charge'],
  es: ['amountSpoken', 'charge', 'total'],
  fr: ['amountSpoken', 'charge', 'dollars', 'total'],
  'pt-BR': ['amountSpoken', 'charge', 'total'],
  ja: ['charge'],
  ko: ['amountSpoken'],
  hi: ['amountSpoken', 'charge'],
  ru: ['amountSpoken', 'charge'],
  ar: ['charge'],
}

/** What stands on a button or a tile, where there is little room. */
const onButtons = [
  ...['close', 'done', 'pay', 'payInTab', 'sendCode', 'verify', 'tryAgain', 'keepPaying', 'closeAnyway'],
  ...['saveCredits', 'notNow', 'allow', 'claimAdd', 'raiseLimit'],
]
const longestOnButton = 32

/** One of these forms stands for one number alone, so it may be a word in its place. */
const isNumberInWords = (tag: string, category: string) => tag === 'ar' && (category === 'one' || category === 'two')

describe.each(languageTags.filter((tag) => tag !== 'en'))('the words in %s', (tag) => {
  const load = () => loadLanguage(chooseLocale([tag]))
  const all = async (): Promise<[string, Message][]> => Object.entries((await load()).messages)

  it('are complete, and no more', async () => expect((await all()).map(([key]) => key).sort()).toEqual(keys))

  it('have the forms that the language has', async () => {
    const categories = [...new Intl.PluralRules(tag).resolvedOptions().pluralCategories].sort()
    for (const [key, message] of await all())
      if (typeof message !== 'string') expect([key, Object.keys(message).sort()]).toEqual([key, categories])
  })

  it('keep every placeholder in every form', async () => {
    for (const [key, message] of await all()) {
      const expected = holesOf(formsOf(english[key] ?? '').other)
      for (const [category, text] of Object.entries(formsOf(message))) {
        const holes = isNumberInWords(tag, category) ? [...holesOf(text), '{count}'].sort() : holesOf(text)
        if (expected.includes('{count}') || !isNumberInWords(tag, category))
          expect([key, category, [...new Set(holes)]]).toEqual([key, category, [...new Set(expected)]])
      }
    }
  })

  it('are no copy of the English ones', async () => {
    const same = (await all()).filter(([key, message]) => formsOf(message).other === formsOf(english[key] ?? '').other)
    expect(same.map(([key]) => key).sort()).toEqual([...(sameAsEnglish[tag] ?? [])].sort())
  })

  it('are set as print is: no straight quotes, no three dots, no white space at an end or twice', async () => {
    for (const [key, message] of await all())
      for (const text of Object.values(formsOf(message)))
        expect([key, /["']|\.\.\.|^\s|\s$|\s\s/u.test(text)]).toEqual([key, false])
  })

  it('fit on buttons', async () => {
    const { messages } = await load()
    const long = Object.entries(messages).filter(
      ([key, message]) => onButtons.includes(key) && typeof message === 'string' && message.length > longestOnButton,
    )
    expect(long).toEqual([])
  })
})

describe('counts', () => {
  const cases: readonly (readonly [string, number, string])[] = [
    ['de', 1, '1 Credit'],
    ['de', 1000, '1.000 Credits'],
    ['de-AT', 1000, '1\u00a0000 Credits'],
    ['es', 1, '1 crédito'],
    ['es', 2_000_000, '2.000.000 de créditos'],
    ['fr', 0, '0 crédit'],
    ['fr', 1.5, '1,5 crédit'],
    ['fr', 2, '2 crédits'],
    ['pt-BR', 1.5, '1,5 crédito'],
    ['pt-BR', 500, '500 créditos'],
    ['ja', 1, '1 クレジット'],
    ['ko', 2500, '2,500 크레딧'],
    ['zh-Hans', 2500, '2,500 积分'],
    ['hi', 100_000, '1,00,000 क्रेडिट'],
    ['ru', 1, '1 кредит'],
    ['ru', 2, '2 кредита'],
    ['ru', 5, '5 кредитов'],
    ['ru', 11, '11 кредитов'],
    ['ru', 21, '21 кредит'],
    ['ru', 1.5, '1,5 кредита'],
    ['ar-EG', 0, '٠ رصيد'],
    ['ar-EG', 1, 'رصيد واحد'],
    ['ar-EG', 2, 'رصيدان'],
    ['ar-EG', 3, '٣ أرصدة'],
    ['ar-EG', 11, '١١ رصيدًا'],
    ['ar-EG', 100, '١٠٠ رصيد'],
    ['ar-AE', 100, '100 رصيد'],
  ]
  it.each(cases)('%s: %d', async (tag, count, text) => {
    const chosen = chooseLocale([tag])
    expect(createTranslate(await loadLanguage(chosen), chosen.formats)('credits', { count })).toBe(text)
  })
})

describe('the pseudo-locales', () => {
  const load = (tag: string) => loadLanguage(chooseLocale([tag]))
  const allTexts = ({ messages }: Language) => Object.values(messages).flatMap((one) => Object.values(formsOf(one)))

  it('en-XA is accented and about 40 % longer', async () => {
    const { messages, direction } = await load('en-XA')
    expect([messages.close, messages.title, direction]).toEqual([
      '[Çļöšé one]',
      '[ßûý ÅÎ çŕéðîţš ƒöŕ {app} one two]',
      'ltr',
    ])
  })
  it('ar-XB runs from right to left', async () => {
    const { messages, direction } = await load('ar-XB')
    expect([messages.close, direction]).toEqual(['\u202eClose\u202c', 'rtl'])
  })
  it('both keep their placeholders', async () => {
    const expected = Object.values(english)
      .flatMap((one) => Object.values(formsOf(one)))
      .map(holesOf)
    for (const tag of ['en-XA', 'ar-XB']) expect(allTexts(await load(tag)).map(holesOf)).toEqual(expected)
  })
})

describe('declareLanguage', () => {
  it.each<[string, ChosenLocale['language'], string]>([
    ['de-AT', 'de', 'ltr'],
    ['ar-EG', 'ar', 'rtl'],
    ['zh-CN', 'zh-Hans', 'ltr'],
    ['pl', 'en', 'ltr'],
  ])('%s', async (tag, lang, dir) => {
    declareLanguage(await loadLanguage(chooseLocale([tag])))
    expect([document.documentElement.lang, document.documentElement.dir]).toEqual([lang, dir])
  })
})
