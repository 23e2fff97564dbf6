import { fileURLToPath } from 'node:url'
import express, { type Response } from 'express'
import { createFontRouter } from '../font-router.ts'
import { renderPage, renderPostcards } from './page.ts'
import { relayAnswer } from './relay-answer.ts'
import { beginSession, endSession, findSession, requireToken, type VisitorSession } from './session.ts'

/** A backend that keeps each visitor's user key and makes the calls, so that no page can spend or leak it. */
const {
  PORT = '8789',
  OPENCREDITS_URL = 'http://localhost:8787',
  OPENCREDITS_PUBLISHABLE_KEY = '',
  OPENCREDITS_IS_SANDBOX = 'no',
} = process.env

const model = 'anthropic/claude-sonnet-4-5-20250929'
const answerTokensMax = 1024
const settings = {
  baseUrl: OPENCREDITS_URL,
  publishableKey: OPENCREDITS_PUBLISHABLE_KEY,
  isSandbox: OPENCREDITS_IS_SANDBOX === 'yes',
}

const app = express()
app.disable('x-powered-by')
app.use(express.json(), express.urlencoded({ extended: false }), createFontRouter())
app.use(express.static(fileURLToPath(new URL('./public', import.meta.url)), { index: false }))
app.get('/page.css', (_request, response) =>
  response.sendFile(fileURLToPath(new URL('../html/page.css', import.meta.url))),
)

app.get('/', (request, response) => {
  const session = beginSession(request, response)
  response.set('cache-control', 'no-store').type('html').send(renderPage(session, settings))
})

/** The page hands the key over when a checkout begins, so that a payment is not lost where the page is closed meanwhile. */
app.post('/api/key', requireToken, (request, response) => {
  const session = findSession(request)
  const userKey: unknown = request.body?.userKey
  if (session === null || typeof userKey !== 'string' || !userKey.startsWith('oc_sk_'))
    return void response.status(400).json({ error: { code: 'invalid_key', message: 'userKey: expected oc_sk_….' } })
  session.userKey = userKey
  response.status(204).end()
})

/** Credits that are bought later go to the same wallet, so the checkout has to know whose it is; the page forgets it after. */
app.post('/api/checkout', requireToken, (request, response) => {
  response.set('cache-control', 'no-store').json({ userKey: findSession(request)?.userKey ?? null })
})

app.get('/api/balance', async (request, response) => {
  const userKey = findSession(request)?.userKey ?? null
  if (userKey === null) return void response.json({ balance: 0 })
  const answer = await callOpenCredits(userKey, '/v1/credits/balance')
  response.status(answer.status).json(await answer.json())
})

app.get('/postcards', (request, response) => {
  response
    .set('cache-control', 'no-store')
    .type('html')
    .send(renderPostcards(findSession(request)?.postcards ?? []))
})

app.post('/api/postcards', requireToken, async (request, response) => {
  const session = findSession(request)
  const { city, wish } = request.body ?? {}
  if (session === null || typeof city !== 'string' || typeof wish !== 'string' || city === '')
    return refuse(response, 400, { code: 'invalid_request', message: 'city and wish: expected texts.' })
  if (session.userKey === null)
    return refuse(response, 402, { code: 'insufficient_credits', message: 'Buy credits first.' })
  // Another tab, a double click, a repeated request: one answer at a time is paid for.
  if (session.isAsking)
    return refuse(response, 409, { code: 'busy', message: 'The last postcard is still being written.' })
  session.isAsking = true
  try {
    await writePostcard(session, session.userKey, { response, city, wish })
  } finally {
    session.isAsking = false
  }
})

app.post('/log-out', requireToken, async (request, response) => {
  const session = findSession(request)
  if (session !== null) {
    if (session.userKey !== null) await callOpenCredits(session.userKey, '/v1/logout', { method: 'POST' })
    endSession(session, response)
  }
  response.redirect(303, '/')
})

const server = app.listen(Number(PORT), '127.0.0.1', () => {
  const address = server.address()
  console.log(`The app is at http://localhost:${typeof address === 'object' ? address?.port : PORT}`)
})

interface PostcardOrder {
  readonly response: Response
  readonly city: string
  readonly wish: string
}

async function writePostcard(session: VisitorSession, userKey: string, order: PostcardOrder): Promise<void> {
  const { response, city, wish } = order
  const leaving = new AbortController()
  response.once('close', () => leaving.abort())
  const answer = await callOpenCredits(userKey, '/v1/chat/completions', {
    method: 'POST',
    signal: leaving.signal,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model,
      stream: true,
      max_tokens: answerTokensMax,
      messages: [{ role: 'user', content: `Write a postcard from ${city}.${wish === '' ? '' : ` Wishes: ${wish}.`}` }],
    }),
  }).catch(() => null)
  if (answer === null)
    return refuse(response, 502, { code: 'unreachable', message: 'OpenCredits could not be reached. Try again.' })
  if (!answer.ok) {
    const { error } = JSON.parse(await answer.text())
    return refuse(response, answer.status, { code: error.type, message: error.message, needed: error.needed })
  }
  const { text, isBroken } = await relayAnswer(answer, response, leaving.signal)
  const bill = await callOpenCredits(userKey, `/v1/credits/requests/${answer.headers.get('request-id')}`)
  const charge: number | null = bill.ok ? JSON.parse(await bill.text()).charge : null
  session.postcards.unshift({ city, text, isBroken, charge })
}

interface Refusal {
  readonly code: string
  readonly message: string
  /** Of a 402: how many credits the question needs. */
  readonly needed?: number
}

/** The page is told by a status and a code what to do; 402 opens the checkout. */
function refuse(response: Response, status: number, error: Refusal): void {
  if (!response.destroyed) response.status(status).json({ error })
}

function callOpenCredits(userKey: string, path: string, init: RequestInit = {}): Promise<globalThis.Response> {
  return fetch(`${OPENCREDITS_URL}${path}`, { ...init, headers: { ...init.headers, 'X-User-Key': userKey } })
}
