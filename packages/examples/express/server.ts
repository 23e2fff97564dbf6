import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import express, { type Request, type Response } from 'express'

/** A backend that keeps each visitor's user key, so that the page never needs it, and calls with `X-User-Key`. */
const { PORT = '8789', OPENCREDITS_URL = 'http://localhost:8787', OPENCREDITS_PUBLISHABLE_KEY = '' } = process.env

// Your own sign-in and database go here: what matters is that the key is kept beside the user on the server.
const userKeys = new Map<string, string>()

const app = express()
app.use(express.json())

app.get('/', async (request, response) => {
  if (visitorOf(request) === null) response.cookie('visitor', randomUUID(), { httpOnly: true, sameSite: 'lax' })
  const page = await readFile(new URL('./index.html', import.meta.url), 'utf8')
  response
    .type('html')
    .send(
      page.replaceAll('{{BASE_URL}}', OPENCREDITS_URL).replaceAll('{{PUBLISHABLE_KEY}}', OPENCREDITS_PUBLISHABLE_KEY),
    )
})

app.post('/api/save-credits-key', (request, response) => {
  const visitor = visitorOf(request)
  const userKey: unknown = request.body?.userKey
  if (visitor === null || typeof userKey !== 'string')
    return void response.status(400).json({ error: 'userKey is missing' })
  userKeys.set(visitor, userKey)
  response.status(204).end()
})

app.post('/api/chat', async (request, response) => {
  const { message } = request.body ?? {}
  if (typeof message !== 'string') return void response.status(400).json({ error: 'message is missing' })
  await callOpenCredits(request, response, '/v1/messages', {
    method: 'POST',
    body: JSON.stringify({
      model: 'anthropic/claude-sonnet-4-20250514',
      max_tokens: 1024,
      messages: [{ role: 'user', content: message }],
    }),
  })
})

app.get('/api/balance', (request, response) => callOpenCredits(request, response, '/v1/credits/balance', {}))

async function callOpenCredits(request: Request, response: Response, path: string, init: RequestInit): Promise<void> {
  const userKey = userKeys.get(visitorOf(request) ?? '')
  if (userKey === undefined) return void response.status(402).json({ error: 'Buy credits first.' })
  const answer = await fetch(`${OPENCREDITS_URL}${path}`, {
    ...init,
    headers: { 'content-type': 'application/json', 'X-User-Key': userKey },
  })
  response.status(answer.status).type('json')
  if (answer.body === null) response.end()
  else Readable.fromWeb(answer.body).pipe(response)
}

function visitorOf(request: Request): string | null {
  return /(?:^|;\s*)visitor=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1] ?? null
}

const server = app.listen(Number(PORT), '127.0.0.1', () => {
  const address = server.address()
  console.log(`The app is at http://localhost:${typeof address === 'object' ? address?.port : PORT}`)
})
