import { type Brand, brandStyleAddress } from './brand-style.ts'
import { escapeHtml } from './escape-html.ts'
import { type FormWords, formWords } from './form-words.ts'

export interface PaymentFormView {
  readonly words: FormWords
  /** `$10.00` */
  readonly amount: string
  readonly itemName: string
  /** Who sells; above the form of the hosted page. */
  readonly merchant: string
  readonly brand: Brand
  readonly email: string
  /** Where the form is sent. */
  readonly action: string
  readonly cancelUrl: string | null
  /** The page around the frame; null for the hosted page. */
  readonly parentOrigin: string | null
  readonly error?: string
  /** The bank asks for proof of this card. Only for browsers without scripts, which need a page for it. */
  readonly challengedCard?: string
}

/** The card form that the hosted page and the embedded frame share. It works without scripts; with them it stays in place. */
export function paymentForm(view: PaymentFormView): string {
  const body = view.challengedCard === undefined ? cardForm(view) : challengeForm(view, view.challengedCard)
  const isHosted = view.parentOrigin === null
  const merchant = view.merchant === '' ? '' : `<p class="merchant">${escapeHtml(view.merchant)}</p>`
  return pageAround(
    { title: `${view.words.pay} ${view.amount}`, brand: view.brand, language: view.words.language },
    `<main${isHosted ? '' : ' class="embedded"'}>
${isHosted ? sandboxMark + merchant : ''}
<header><p class="item">${escapeHtml(view.itemName)}</p><h1>${escapeHtml(view.amount)}</h1></header>
${body}
</main>
<script src="/pay-assets/form.js"></script>`,
  )
}

/** A page that only says something, such as that a session is over. */
export function noticePage(title: string, text: string): string {
  return pageAround(
    { title, brand: { background: null, button: null }, language: formWords(null).language },
    `<main>${sandboxMark}<h1 class="notice">${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p></main>`,
  )
}

function pageAround(
  { title, brand, language }: { readonly title: string; readonly brand: Brand; readonly language: string },
  body: string,
): string {
  const address = brandStyleAddress(brand)
  const brandLink = address === null ? '' : `<link rel="stylesheet" href="${escapeHtml(address)}">`
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${escapeHtml(title)} · Sandbox</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/pay-assets/form.css">${brandLink}</head>
<body>${body}</body></html>`
}

const sandboxMark =
  '<p class="sandbox"><strong>Sandbox</strong> No real money moves here, and card numbers are not kept.</p>'

function cardForm(view: PaymentFormView): string {
  return `<form id="form" method="post" action="${escapeHtml(view.action)}" novalidate data-parent="${escapeHtml(view.parentOrigin ?? '')}">
<div class="field"><label for="email">${view.words.email}</label>
<input id="email" name="email" type="email" autocomplete="email" placeholder="you@example.com" value="${escapeHtml(view.email)}"></div>
<div class="field" role="group" aria-label="${view.words.card}"><label for="card">${view.words.number}</label>
<input id="card" name="card" inputmode="numeric" autocomplete="cc-number" placeholder="1234 1234 1234 1234" maxlength="23" required aria-describedby="error" class="top">
<div class="row"><div><label for="expiry" class="inside">${view.words.expiry}</label><input id="expiry" name="expiry" inputmode="numeric" autocomplete="cc-exp" placeholder="MM / YY" maxlength="9" required aria-describedby="error" class="left"></div>
<div><label for="cvc" class="inside">${view.words.cvc}</label><input id="cvc" name="cvc" inputmode="numeric" autocomplete="cc-csc" placeholder="${view.words.cvc}" maxlength="4" required aria-describedby="error" class="right"></div></div></div>
<p id="error" class="error" role="alert">${escapeHtml(view.error ?? '')}</p>
<button id="pay" type="submit"><span>${view.words.pay}</span></button>
${view.cancelUrl === null ? '' : `<a class="cancel" href="${escapeHtml(view.cancelUrl)}">${view.words.cancel}</a>`}
</form>
${challengeSection}
<section id="done" class="done" role="status" hidden><h2 id="done-title"></h2></section>
${testCardsHint}`
}

const testCardsHint = `<details id="hint"><summary>Test cards</summary><dl>
<div><dt>4242 4242 4242 4242</dt><dd>pays</dd></div>
<div><dt>4000 0000 0000 0002</dt><dd>is declined</dd></div>
<div><dt>4000 0000 0000 9995</dt><dd>has insufficient funds</dd></div>
<div><dt>4000 0025 0000 3155</dt><dd>asks for 3-D Secure</dd></div>
<div><dt>4000 0000 0000 0077</dt><dd>pays a little later</dd></div>
<div><dt>4000 0000 0000 0093</dt><dd>fails a little later</dd></div>
</dl><p>Any expiry in the future, any CVC.</p></details>`

const challengeWords = '<h2>3-D Secure</h2><p>Your bank asks whether this payment is yours.</p>'

const challengeSection = `<section id="challenge" class="challenge" aria-live="polite" hidden>${challengeWords}
<button id="challenge-complete" type="button"><span>Complete</span></button>
<button id="challenge-fail" type="button" class="plain"><span>Fail</span></button></section>`

function challengeForm(view: PaymentFormView, card: string): string {
  const hidden = { card, email: view.email, expiry: '12 / 99', cvc: '000' }
  const inputs = Object.entries(hidden).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`,
  )
  return `<form class="challenge" method="post" action="${escapeHtml(view.action)}">${challengeWords}${inputs.join('')}
<button name="challenge" value="complete"><span>Complete</span></button>
<button name="challenge" value="fail" class="plain"><span>Fail</span></button></form>`
}
