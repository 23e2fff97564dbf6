import { execFile, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { type Sandbox, startSandbox } from '@opencredits/sandbox'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { listImageFiles } from '../../tools/image-files.ts'
import { freePort } from '../stack.ts'
import { until } from './api-client.ts'

/** The files and packages that the image has, laid out in a folder as the Dockerfile does it; the rest is not reachable. */

const root = resolve(import.meta.dirname, '../..')
const node = realpathSync(join(root, 'node_modules/.bin/node'))
const folder = mkdtempSync(join(tmpdir(), 'opencredits-image-'))
const cli = join(folder, 'packages/server/src/cli/opencredits.ts')
let stripe: Sandbox['stripe']
let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox()
  stripe = sandbox.stripe
  for (const file of listImageFiles()) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    cpSync(join(root, file), join(folder, file))
  }
  linkDependencies()
})

afterAll(async () => {
  await sandbox.close()
  rmSync(folder, { recursive: true, force: true })
})

/** What `pnpm install --prod` puts there: no package that only develops or tests. */
function linkDependencies(): void {
  const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
    readFileSync(join(root, 'packages/server/package.json'), 'utf8'),
  )
  for (const name of Object.keys(dependencies)) {
    const link = join(folder, 'packages/server/node_modules', name)
    const isOurs = name === '@opencredits/protocol'
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(
      isOurs ? join(folder, 'packages/protocol') : realpathSync(join(root, 'packages/server/node_modules', name)),
      link,
    )
  }
}

it('serves in production with what the image has, from a folder that only the data is written to', async () => {
  const port = await freePort()
  const environment = {
    NODE_ENV: 'production',
    PORT: String(port),
    PUBLIC_URL: 'https://credits.example',
    DATABASE_URL: `sqlite:${join(folder, 'data', 'opencredits.db')}`,
    STRIPE_SECRET_KEY: stripe.secretKey,
    STRIPE_PUBLISHABLE_KEY: stripe.publishableKey,
    STRIPE_WEBHOOK_SECRET: stripe.webhookSecret,
    STRIPE_API_BASE: stripe.apiBase,
    OPENAI_API_KEY: sandbox.providers.apiKey,
    OPENAI_BASE_URL: sandbox.providers.openaiBaseUrl,
    SMTP_URL: 'smtp://127.0.0.1:1',
    MAIL_FROM: 'credits@example.com',
  }
  const server = spawn(node, [cli, 'serve'], { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (data: Buffer) => (output += data))
  const ended = new Promise((done) => server.once('exit', done))
  const url = `http://127.0.0.1:${port}`
  await until(async () => {
    if (server.exitCode !== null) throw new Error(`the server ended: ${output}`)
    return (await fetch(`${url}/v1/health`).catch(() => null))?.status === 200
  })
  const partner = await promisify(execFile)(
    node,
    [cli, 'partner', 'create', '--name', 'App', '--email', 'a@example.com', '--referral-rate', '0.1', '--json'],
    { cwd: folder, env: environment },
  )
  const { publishable_key } = JSON.parse(partner.stdout)
  const checkout = await fetch(`${url}/v1/checkout/sessions`, {
    method: 'POST',
    body: JSON.stringify({ publishable_key, amount: 5 }),
  })
  expect(checkout.status).toBe(200)
  expect(await (await fetch(`${url}/v1/models`)).json()).toMatchObject({ object: 'list' })
  // Here the documentation was not built: the page says how, and the rest works.
  const docs = await fetch(`${url}/docs/quick-start`)
  expect([docs.status, await docs.text()]).toEqual([503, expect.stringContaining('--filter @opencredits/docs build')])
  expect(existsSync(join(folder, 'node_modules/@opencredits/sandbox'))).toBe(false)
  server.kill('SIGTERM')
  expect(await ended).toBe(0)
})

it('says what is missing where it is asked for the sandbox', async () => {
  const run = promisify(execFile)(node, [cli, 'serve'], { cwd: folder, env: { DATABASE_URL: 'sqlite::memory:' } })
  await expect(run).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('not part of this installation'),
  })
})
