import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import express from 'express'
import { createFontRouter } from '../font-router.ts'

/**
 * Serves the page; a real one is static files with two values written in. The route of earnings is of this demo: it runs
 * the operator's command line, so it listens on this machine only.
 */
const {
  PORT = '8788',
  OPENCREDITS_URL = 'http://localhost:8787',
  OPENCREDITS_PUBLISHABLE_KEY = '',
  OPENCREDITS_PARTNER_ID = '',
  OPENCREDITS_IS_SANDBOX = 'no',
  BACKEND_EXAMPLE_URL = '',
} = process.env

const cli = fileURLToPath(new URL('../../server/src/cli/opencredits.ts', import.meta.url))
const root = fileURLToPath(new URL('../../..', import.meta.url))
const run = promisify(execFile)

const app = express()
app.disable('x-powered-by')

app.get('/', async (_request, response) => {
  const [page, scenes] = await Promise.all(['index.html', 'scenes.svg'].map(readText))
  response.type('html').send(
    (page ?? '')
      .replaceAll('{{BASE_URL}}', OPENCREDITS_URL)
      .replaceAll('{{BACKEND_URL}}', BACKEND_EXAMPLE_URL)
      .replaceAll('{{PUBLISHABLE_KEY}}', OPENCREDITS_PUBLISHABLE_KEY)
      .replaceAll('{{IS_SANDBOX}}', OPENCREDITS_IS_SANDBOX)
      .replaceAll('{{SCENES}}', scenes ?? ''),
  )
})

app.get('/partner/earnings', async (_request, response) => {
  response
    .set('cache-control', 'no-store')
    .type('json')
    .send(await readEarnings())
})

app.use(createFontRouter())
app.use(express.static(import.meta.dirname, { index: false }))
const server = app.listen(Number(PORT), '127.0.0.1', () => {
  const address = server.address()
  console.log(`The page is at http://localhost:${typeof address === 'object' ? address?.port : PORT}`)
})

function readText(name: string): Promise<string> {
  return readFile(new URL(name, import.meta.url), 'utf8')
}

/** One run of the command line answers everybody who asks while it has not begun. */
let next: Promise<string> | null = null
let last: Promise<unknown> = Promise.resolve()

function readEarnings(): Promise<string> {
  next ??= last.then(async () => {
    next = null
    const { stdout } = await run(
      process.execPath,
      [cli, 'partner', 'earnings', OPENCREDITS_PARTNER_ID, '--calls', '1000', '--json'],
      { cwd: root },
    )
    return stdout
  })
  last = next.catch(() => {})
  return next
}
