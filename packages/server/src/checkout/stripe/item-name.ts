import { chooseLocale, fillPlaceholders } from '@opencredits/protocol'

type Forms = { readonly [Category in Intl.LDMLPluralRule]?: string } & { readonly other: string }

/** What is sold, as Stripe's form and its receipt name it. */
const names: Readonly<Record<string, Forms>> = {
  es: {
    one: '{count} crédito de IA para {app}',
    many: '{count} de créditos de IA para {app}',
    other: '{count} créditos de IA para {app}',
  },
  de: { one: '{count} KI-Credit für {app}', other: '{count} KI-Credits für {app}' },
  fr: {
    one: '{count} crédit IA pour {app}',
    many: '{count} de crédits IA pour {app}',
    other: '{count} crédits IA pour {app}',
  },
  'pt-BR': {
    one: '{count} crédito de IA para {app}',
    many: '{count} de créditos de IA para {app}',
    other: '{count} créditos de IA para {app}',
  },
  ja: { other: '{app} の AI クレジット {count}' },
  ko: { other: '{app} AI 크레딧 {count}' },
  hi: { other: '{app} के लिए {count} AI क्रेडिट' },
  ru: {
    one: '{count} кредит ИИ для {app}',
    few: '{count} кредита ИИ для {app}',
    many: '{count} кредитов ИИ для {app}',
    other: '{count} кредита ИИ для {app}',
  },
  'zh-Hans': { other: '{app} 的 {count} AI 积分' },
}

const english: Forms = { one: '{count} AI credit for {app}', other: '{count} AI credits for {app}' }

/**
 * In the user's language. In English for Arabic: Stripe has no form in it, and Arabic in one that runs from left to right
 * would fall apart.
 * @param purchase with the tag of the user's language; null: English
 */
export function itemName(purchase: {
  readonly credits: number
  readonly appName: string
  readonly locale: string | null
}): string {
  const chosen = chooseLocale([purchase.locale ?? 'en'])
  // `en`, and what has no name here.
  const known = names[chosen.language]
  const language = known === undefined ? 'en' : chosen.language
  const formats = chosen.language === 'ar' ? 'en' : chosen.formats
  const values = new Map([
    ['count', purchase.credits.toLocaleString(formats)],
    ['app', purchase.appName],
  ])
  const forms = known ?? english
  const form = forms[new Intl.PluralRules(language).select(purchase.credits)] ?? forms.other
  return fillPlaceholders(form, (name) => values.get(name))
}
