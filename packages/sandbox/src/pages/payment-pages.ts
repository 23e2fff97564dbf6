import express, { type Request, type Response, type Router } from 'express'
import { fieldsOf, textOf } from '../json.ts'
import { type Bank, expireSession, type PayResult, paySession } from '../stripe/pay-session.ts'
import { formatAmount } from '../stripe/stripe-currency.ts'
import { nowSeconds, type SessionObject } from '../stripe/stripe-state.ts'
import { brandStyle, readColor } from './brand-style.ts'
import { formScript } from './form-script.ts'
import { formStyle } from './form-style.ts'
import { formWords } from './form-words.ts'
import { noticePage, paymentForm } from './payment-form.ts'
import { type CardForm, type FormProblem, findFormProblem, readCardForm } from './read-card-form.ts'
import { stripeScript } from './stripe-script.ts'

export interface PaymentPagesDeps {
  readonly bank: Bank
  readonly publishableKey: string
}

interface Answer extends PayResult {
  readonly field?: FormProblem['field']
  /** False while a delayed payment is on its way. */
  readonly isPaid?: boolean
  readonly redirect?: string
}

/** What browsers see of Stripe: its script, its embedded form, its hosted page. */
export function createPaymentPages(deps: PaymentPagesDeps): Router {
  const router = express.Router()
  const { sessions } = deps.bank.state
  const hosted = (request: Request) => onlyMode(sessions.get(String(request.params.id)), 'hosted_page')
  const embedded = (request: Request) => {
    const secret = String(request.params.secret)
    const session = onlyMode(sessions.get(secret.split('_secret_')[0] ?? ''), 'embedded_page')
    return session?.client_secret === secret ? session : undefined
  }
  const readBody = [express.json({ limit: '20kb' }), express.urlencoded({ extended: false, limit: '20kb' })]

  router.get(['/v1/stripe.js', '/endive/stripe.js'], (_request, response) => {
    response.set({ 'cross-origin-resource-policy': 'cross-origin', 'access-control-allow-origin': '*' })
    response.type('js').send(stripeScript)
  })
  router.get('/pay-assets/form.js', (_request, response) => void response.type('js').send(formScript))
  router.get('/pay-assets/form.css', (_request, response) => void response.type('css').send(formStyle))
  router.get('/pay-assets/brand.css', ({ query }, response) => {
    response.type('css').send(brandStyle({ background: readColor(query.background), button: readColor(query.button) }))
  })

  router.get('/c/pay/:id', (request, response) => {
    protect(response, "'none'")
    showPage(deps.bank, response, { session: hosted(request), parentOrigin: null, action: `${request.path}/pay` })
  })
  router.post('/c/pay/:id/pay', readBody, (request: Request, response: Response) => {
    protect(response, "'none'")
    answerPayment(deps.bank, request, response, hosted(request))
  })

  router.get('/embedded/:secret', (request, response) => {
    protect(response, '*')
    if (request.query.key !== deps.publishableKey) {
      response.status(401).send(noticePage('Invalid API key', `Invalid API Key provided: ${String(request.query.key)}`))
      return
    }
    const parentOrigin = originOf(textOf(request.query.parent))
    showPage(deps.bank, response, { session: embedded(request), parentOrigin, action: `${request.path}/pay` })
  })
  router.post('/embedded/:secret/pay', readBody, (request: Request, response: Response) => {
    protect(response, '*')
    answerPayment(deps.bank, request, response, embedded(request))
  })
  return router
}

function onlyMode(session: SessionObject | undefined, uiMode: string): SessionObject | undefined {
  return session?.ui_mode === uiMode ? session : undefined
}

/** Like Stripe's, the hosted page cannot be framed. The forms may redirect to wherever the session says. */
function protect(response: Response, ancestors: string): void {
  response.type('html').set({
    'content-security-policy': `default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'self' http: https:; frame-ancestors ${ancestors}`,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  })
}

function originOf(text: string | null): string {
  return text !== null && URL.canParse(text) ? new URL(text).origin : ''
}

interface Page {
  readonly session: SessionObject | undefined
  readonly parentOrigin: string | null
  readonly action: string
}

function showPage(bank: Bank, response: Response, page: Page): void {
  const { session } = page
  if (session === undefined) {
    response.status(404).send(noticePage('Something went wrong', 'This checkout page does not exist.'))
    return
  }
  if (session.status === 'open' && session.expires_at <= nowSeconds()) expireSession(bank, session)
  if (session.status === 'complete') {
    response.send(noticePage('You are all done here', 'This checkout has been completed already.'))
    return
  }
  if (session.status === 'expired') {
    response.status(410).send(noticePage('This page has expired', 'Go back and start the checkout again.'))
    return
  }
  response.send(paymentForm(viewOf(bank, session, page)))
}

function viewOf(bank: Bank, session: SessionObject, page: Omit<Page, 'session'>) {
  const words = formWords(textOf(session.locale))
  return {
    words,
    amount: formatAmount(session.amount_total, session.currency, words.language === 'en' ? undefined : words.language),
    merchant: textOf(session.branding_settings.display_name) ?? '',
    brand: {
      background: readColor(session.branding_settings.background_color),
      button: readColor(session.branding_settings.button_color),
    },
    itemName: bank.state.paymentPlans.get(session.id)?.lineItemName ?? '',
    email: session.customer_email ?? '',
    cancelUrl: session.cancel_url,
    ...page,
  }
}

function answerPayment(bank: Bank, request: Request, response: Response, session: SessionObject | undefined): void {
  const fields = fieldsOf(request.body)
  const form = readCardForm(fields)
  const answer = session === undefined ? unknownSession : pay(bank, session, form, textOf(fields.challenge))
  if (request.is('json') !== false) {
    response.status(session === undefined ? 404 : 200).json(answer)
    return
  }
  if (answer.redirect !== undefined) {
    response.redirect(303, answer.redirect)
    return
  }
  const page = { parentOrigin: null, action: request.path }
  if (session === undefined || session.status !== 'open') {
    showPage(bank, response, { session, ...page })
    return
  }
  const view = { ...viewOf(bank, session, page), email: form.email, error: answer.message }
  response.send(paymentForm(answer.outcome === 'needs_authentication' ? { ...view, challengedCard: form.card } : view))
}

const unknownSession: Answer = { outcome: 'declined', message: 'This checkout page does not exist.' }

function pay(bank: Bank, session: SessionObject, form: CardForm, challenge: string | null): Answer {
  const problem = findFormProblem(form, Date.now())
  if (problem !== null) return { outcome: 'declined', ...problem }
  const result = paySession(bank, session, {
    card: form.card,
    email: form.email === '' ? undefined : form.email,
    isAuthenticated: challenge === null ? undefined : challenge === 'complete',
  })
  if (result.outcome !== 'complete') return result
  const returnUrl = session.success_url ?? (session.redirect_on_completion === 'always' ? session.return_url : null)
  const redirect = textOf(returnUrl)?.replaceAll('{CHECKOUT_SESSION_ID}', session.id)
  return { ...result, isPaid: session.payment_status === 'paid', ...(redirect === undefined ? {} : { redirect }) }
}
