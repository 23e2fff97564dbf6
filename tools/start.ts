import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { buildDocsIfStale } from './build-docs.ts'
import { buildSdkIfStale } from './build-sdk.ts'

/** The main job on one machine: the server (with the sandbox where nothing is configured) and the two example apps. */

const root = resolve(import.meta.dirname, '..')
const cli = join(root, 'packages/server/src/cli/opencredits.ts')
const exampleName = 'Example apps'
const children: ChildProcess[] = []
let isStopping = false

interface ListedPartner {
  readonly id: string
  readonly name: string
  readonly publishable_key: string
}

buildSdkIfStale()
buildDocsIfStale()
const port = Number(process.env.PORT ?? 8787)
const partner = findOrCreateExamplePartner()
const { url, isSandbox } = await startServer()
const htmlUrl = await startExample('html/serve.ts', port === 0 ? 0 : port + 1)
const expressUrl = await startExample('express/server.ts', port === 0 ? 0 : port + 2)
// In the sandbox any local page may open the checkout; with real money an origin must be registered.
if (!isSandbox) opencredits('partner', 'update', partner.id, '--origin', htmlUrl, '--origin', expressUrl)
process.stdout.write(`
  OpenCredits runs${isSandbox ? ' in sandbox mode: no real money, no real AI' : ''}.

  Example, a plain page:     ${htmlUrl}
  Example, with a backend:   ${expressUrl}
  API:                       ${url}
${isSandbox ? '\n  Pay with the test card 4242 4242 4242 4242, any future date, any CVC.\n' : ''}
  Ctrl-C stops everything.

`)

function findOrCreateExamplePartner(): ListedPartner {
  const listed: readonly ListedPartner[] = JSON.parse(opencredits('partner', 'list', '--json'))
  const known = listed.find((one) => one.name === exampleName)
  if (known !== undefined) return known
  return JSON.parse(
    opencredits(
      'partner',
      'create',
      '--name',
      exampleName,
      '--email',
      'examples@localhost.example',
      '--referral-rate',
      '0.1',
      '--json',
    ),
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
async function startServer(): Promise<{ url: string; isSandbox: boolean }> {
  const child = spawn(process.execPath, [cli, 'serve'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn' },
  })
  watch(child)
  return new Promise((resolveStarted) => {
    child.once('message', (message) => resolveStarted(message as { url: string; isSandbox: boolean }))
  })
}

async function startExample(path: string, examplePort: number): Promise<string> {
  const child = spawn(process.execPath, [join(root, 'packages/examples', path)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      PORT: String(examplePort),
      OPENCREDITS_URL: url,
      OPENCREDITS_PUBLISHABLE_KEY: partner.publishable_key,
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
