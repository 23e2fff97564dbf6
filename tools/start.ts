import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { buildDashboardIfStale } from './build-dashboard.ts'
import { buildDocsIfStale } from './build-docs.ts'
import { buildSdkIfStale } from './build-sdk.ts'

/** The main job on one machine: the server (with the sandbox where nothing is configured) and the two example apps. */

const root = resolve(import.meta.dirname, '..')
const cli = join(root, 'packages/server/src/cli/opencredits.ts')
/** Each example is an app of its own: a name and a colour in the checkout, a share of its own. */
const examples = [
  { name: 'Wander', accentColor: '#0f6b5c' },
  { name: 'Postcards', accentColor: '#a63a26' },
] as const
/** The model that the checkout's estimates are made for. */
const exampleModel = 'anthropic/claude-sonnet-4-5-20250929'
const children: ChildProcess[] = []
let isStopping = false

interface ListedPartner {
  readonly id: string
  readonly name: string
  readonly publishable_key: string
}

buildSdkIfStale()
buildDashboardIfStale()
buildDocsIfStale()
const port = Number(process.env.PORT ?? 8787)
const [wander, postcards] = findOrCreatePartners()
const { url, isSandbox, server } = await startServer()
const backendUrl = await startExample('express/server.ts', postcards, port === 0 ? 0 : port + 2)
const demoUrl = await startExample('html/serve.ts', wander, port === 0 ? 0 : port + 1, {
  BACKEND_EXAMPLE_URL: backendUrl,
})
// In the sandbox any local page may open the checkout; with real money an origin must be registered.
if (!isSandbox) {
  opencredits('partner', 'update', wander.id, '--origin', demoUrl)
  opencredits('partner', 'update', postcards.id, '--origin', backendUrl)
}
process.stdout.write(`
  Open the demo:             ${demoUrl}
${isSandbox ? '                             Pay with the test card 4242 4242 4242 4242, any future date, any CVC.\n' : ''}
  The same with a backend:   ${backendUrl}
  Your account:              ${url}/account
  The console of your apps:  ${url}/partner
  Docs:                      ${url}/docs
  API:                       ${url}

  OpenCredits runs${isSandbox ? ' in sandbox mode: no real money, no real AI' : ''}. Ctrl-C stops everything.

`)
// Held back until now: what is to be opened first is printed first.
server.stdout?.pipe(process.stdout)
openInBrowser(demoUrl)

function findOrCreatePartners(): readonly [ListedPartner, ListedPartner] {
  const listed: readonly ListedPartner[] = JSON.parse(opencredits('partner', 'list', '--json'))
  const [first, second] = examples
  return [findOrCreate(listed, first), findOrCreate(listed, second)]
}

function findOrCreate(listed: readonly ListedPartner[], example: (typeof examples)[number]): ListedPartner {
  const known = listed.find((one) => one.name === example.name)
  if (known !== undefined) return known
  const mail = ['--email', 'examples@localhost.example']
  const looks = ['--default-model', exampleModel, '--accent-color', example.accentColor]
  return JSON.parse(
    opencredits('partner', 'create', '--name', example.name, ...mail, '--referral-rate', '0.1', ...looks, '--json'),
  )
}

function opencredits(...args: readonly string[]): string {
  return execFileSync(process.execPath, [cli, ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

/** The server tells over IPC where it listens. */
async function startServer(): Promise<{ url: string; isSandbox: boolean; server: ChildProcess }> {
  const child = spawn(process.execPath, [cli, 'serve'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...localWebhooks(), ...process.env, LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn' },
  })
  watch(child)
  return new Promise((resolveStarted) => {
    child.once('message', (message) =>
      resolveStarted({ ...(message as { url: string; isSandbox: boolean }), server: child }),
    )
  })
}

/** A server that only this machine reaches, and that takes no money, may send webhooks to this machine. */
function localWebhooks(): Readonly<Record<string, string>> {
  return isSet('HOST', 'STRIPE_SECRET_KEY') || process.env.NODE_ENV === 'production'
    ? {}
    : { WEBHOOK_ALLOW_PRIVATE: '1' }
}

async function startExample(
  path: string,
  partner: ListedPartner,
  examplePort: number,
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  const child = spawn(process.execPath, [join(root, 'packages/examples', path)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      PORT: String(examplePort),
      OPENCREDITS_URL: url,
      OPENCREDITS_PUBLISHABLE_KEY: partner.publishable_key,
      OPENCREDITS_PARTNER_ID: partner.id,
      OPENCREDITS_IS_SANDBOX: isSandbox ? 'yes' : 'no',
      ...more,
    },
  })
  watch(child)
  return new Promise((resolveStarted) => {
    child.stdout?.on('data', (data: Buffer) => {
      const found = /http:\/\/\S+/.exec(data.toString())?.[0]
      if (found !== undefined) resolveStarted(found)
    })
  })
}

/** Only where somebody sits in front of it: a terminal and a screen, and no continuous integration. */
function openInBrowser(address: string): void {
  const hasScreen = process.platform === 'darwin' || process.platform === 'win32' || isSet('DISPLAY', 'WAYLAND_DISPLAY')
  if (!hasScreen || !process.stdout.isTTY || isSet('CI')) return
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', address]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', address]
        : ['xdg-open', address]
  if (command === undefined) return
  const opening = spawn(command, args, { stdio: 'ignore', detached: true })
  // Without such a program the address above is enough.
  opening.once('error', () => {})
  opening.unref()
}

function isSet(...names: readonly string[]): boolean {
  return names.some((name) => (process.env[name] ?? '') !== '')
}

/** One that ends takes all down: half of the main job is worse than none. */
function watch(child: ChildProcess): void {
  children.push(child)
  child.once('exit', (code) => {
    if (!isStopping) process.stderr.write('A part of OpenCredits has stopped; stopping the rest.\n')
    stop(code ?? 1)
  })
}

function stop(code: number): void {
  process.exitCode ||= isStopping ? 0 : code
  isStopping = true
  for (const child of children) child.kill('SIGTERM')
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(0))
