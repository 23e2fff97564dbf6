import express, { type Request, type Response } from 'express'
import type { Cashier } from './pay-session.ts'
import { escapeHtml, paymentForm } from './payment-form.ts'
import { stripeScript } from './stripe-js.ts'
import type { SessionObject, StripeState } from './stripe-state.ts'

/** What browsers see of Stripe: its script, its embedded form, its hosted page. */
export function createPaymentPages(deps: {
  readonly state: StripeState
  readonly cashier: Cashier
  readonly publishableKey: string
}) {
  const router = express.Router()
  const { sessions } = deps.state
  const bySecret = (secret: string) => [...sessions.values()].find((session) => session.client_secret === secret)

  router.get(['/v1/stripe.js', '/endive/stripe.js'], (_request, response) => {
    response
      .set({ 'cross-origin-resource-policy': 'cross-origin', 'access-control-allow-origin': '*' })
      .type('js')
      .send(stripeScript(deps.publishableKey))
  })

  router.get('/embedded/:secret', (request, response) => {
    const session = bySecret(String(request.params.secret))
    showForm(response, session, `/embedded/${encodeURIComponent(String(request.params.secret))}/pay`)
  })

  router.get('/c/pay/:id', (request, response) => {
    showForm(response, sessions.get(String(request.params.id)), `/c/pay/${String(request.params.id)}/pay`)
  })

  const pay = (session: SessionObject | undefined, request: Request, response: Response) => {
    if (session === undefined)
      return void response.status(404).json({ outcome: 'declined', message: 'This payment page does not exist.' })
    const { card, email, isAuthenticated } = request.body as { card: string; email: string; isAuthenticated: boolean }
    const result = deps.cashier.pay(session, String(card), {
      email: String(email),
      isAuthenticated: isAuthenticated === true,
    })
    const redirect = session.success_url?.replace('{CHECKOUT_SESSION_ID}', session.id)
    response.json({ ...result, ...(result.outcome === 'complete' && redirect !== undefined ? { redirect } : {}) })
  }
  router.post('/embedded/:secret/pay', express.json(), (request, response) =>
    pay(bySecret(String(request.params.secret)), request, response),
  )
  router.post('/c/pay/:id/pay', express.json(), (request, response) =>
    pay(sessions.get(String(request.params.id)), request, response),
  )
  return router
}

function showForm(response: Response, session: SessionObject | undefined, action: string): void {
  if (session === undefined || session.status !== 'open') {
    const text = session === undefined ? 'This payment page does not exist.' : `This payment page is ${session.status}.`
    response
      .status(404)
      .type('html')
      .send(`<!doctype html><html lang="en"><title>Sandbox</title><p>${escapeHtml(text)}</p></html>`)
    return
  }
  response.type('html').send(
    paymentForm({
      amount: formatAmount(session),
      action,
      email: session.customer_email ?? '',
      cancelUrl: session.cancel_url,
    }),
  )
}

function formatAmount(session: SessionObject): string {
  const format = new Intl.NumberFormat('en-US', { style: 'currency', currency: session.currency })
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2
  return format.format(session.amount_total / 10 ** digits)
}
