/** What stands on the form while one pays. What goes wrong is said in English, as the test cards are. */
export interface FormWords {
  readonly language: string
  readonly email: string
  readonly card: string
  readonly number: string
  readonly expiry: string
  readonly cvc: string
  readonly pay: string
  readonly cancel: string
}

type Row = readonly [
  email: string,
  card: string,
  number: string,
  expiry: string,
  cvc: string,
  pay: string,
  cancel: string,
]

const english: Row = ['Email', 'Card', 'Card number', 'Expiry', 'CVC', 'Pay', 'Cancel and go back']

/** The languages of the checkout that Stripe speaks too, by Stripe's own tags. */
const rows: Readonly<Record<string, Row>> = {
  es: ['Correo electrónico', 'Tarjeta', 'Número de tarjeta', 'Caducidad', 'CVC', 'Pagar', 'Cancelar y volver'],
  de: ['E-Mail', 'Karte', 'Kartennummer', 'Gültig bis', 'Prüfziffer', 'Bezahlen', 'Abbrechen und zurück'],
  fr: ['E-mail', 'Carte', 'Numéro de carte', 'Expiration', 'CVC', 'Payer', 'Annuler et revenir'],
  'pt-BR': ['E-mail', 'Cartão', 'Número do cartão', 'Validade', 'CVC', 'Pagar', 'Cancelar e voltar'],
  ja: ['メールアドレス', 'カード', 'カード番号', '有効期限', 'セキュリティコード', '支払う', 'キャンセルして戻る'],
  ko: ['이메일', '카드', '카드 번호', '만료일', 'CVC', '결제', '취소하고 돌아가기'],
  'hi-IN': ['ईमेल', 'कार्ड', 'कार्ड नंबर', 'समाप्ति', 'CVC', 'भुगतान करें', 'रद्द करके वापस जाएँ'],
  ru: ['Эл. почта', 'Карта', 'Номер карты', 'Срок действия', 'CVC', 'Оплатить', 'Отменить и вернуться'],
  zh: ['邮箱', '银行卡', '卡号', '有效期', '安全码', '支付', '取消并返回'],
}

/** @param locale of the session, as Stripe spells it; English where it is another or `auto` */
export function formWords(locale: string | null): FormWords {
  const tag = locale === 'es-419' || locale === 'fr-CA' ? locale.slice(0, 2) : (locale ?? 'auto')
  const row = rows[tag]
  const [email, card, number, expiry, cvc, pay, cancel] = row ?? english
  return { language: row === undefined ? 'en' : (locale ?? 'en'), email, card, number, expiry, cvc, pay, cancel }
}
