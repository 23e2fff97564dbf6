import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Sandbox, startSandbox } from '@opencredits/sandbox'
import pg from 'pg'
import { childEnvironment } from './child-environment.ts'
import { openMailBox } from './mail-box.ts'

const root = resolve(import.meta.dirname, '..')
const cli = join(root, 'packages/server/src/cli/opencredits.ts')
const nodePath = join(root, 'node_modules/.bin/node')

/** A whole installation of its own: the sandbox, a server process on a fresh database, and the command line. */
export interface Stack {
  readonly sandbox: Sandbox
  /** `http://oc.localhost:PORT`: another site than the partner's pages, as in real life. */
  readonly url: string
  readonly environment: Readonly<Record<string, string>>
  /** Everything that the server has printed: log lines, and in sandbox mode without SMTP its mails. */
  output(): string
  /** Every mail that the server has sent, whole. */
  mails(): string
  /** The newest sign-in code that was mailed to this address. */
  codeFor(email: string): Promise<string>
  cli(...args: readonly string[]): string
  createPartner(options?: { readonly name?: string; readonly origins?: readonly string[] }): PartnerKeys
  kill(signal: NodeJS.Signals): Promise<void>
  restart(): Promise<void>
  /** The server's process. */
  processId(): number
  /** Another server process on the same store. */
  startAnother(): Promise<AnotherServer>
  close(): Promise<void>
}

export interface AnotherServer {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string
  processId(): number
  kill(signal: NodeJS.Signals): Promise<void>
  restart(): Promise<void>
}

export interface PartnerKeys {
  readonly id: string
  readonly publishable_key: string
  readonly secret_key: string
  /** Of its test world. */
  readonly test_publishable_key: string
  readonly test_secret_key: string
}

export interface StackOptions {
  readonly environment?: Readonly<Record<string, string>>
  /** A PostgreSQL to make a database in; without it the store is a SQLite file. */
  readonly postgresUrl?: string | undefined
  /** What the server calls itself; a name that Node resolves, for clients that follow its addresses. Default `oc.localhost`. */
  readonly publicHost?: string
}

export async function startStack({
  environment: overrides = {},
  postgresUrl,
  publicHost = 'oc.localhost',
}: StackOptions = {}): Promise<Stack> {
  const sandbox = await startSandbox()
  const mailBox = await openMailBox()
  const folder = mkdtempSync(join(tmpdir(), 'opencredits-e2e-'))
  const port = await freePort()
  const environment: Record<string, string> = {
    ...childEnvironment(),
    PORT: String(port),
    PUBLIC_URL: `http://${publicHost}:${port}`,
    DATABASE_URL:
      postgresUrl === undefined ? `sqlite:${join(folder, 'opencredits.db')}` : await createDatabase(postgresUrl),
    ...(postgresUrl === undefined
      ? {}
      : { KEY_PEPPER: 'a pepper that all servers share', GUEST_PEPPER: 'another that all servers share' }),
    SMTP_URL: mailBox.smtpUrl,
    MAIL_FROM: 'credits@example.com',
    STRIPE_SECRET_KEY: sandbox.stripe.secretKey,
    STRIPE_PUBLISHABLE_KEY: sandbox.stripe.publishableKey,
    STRIPE_WEBHOOK_SECRET: sandbox.stripe.webhookSecret,
    STRIPE_API_BASE: sandbox.stripe.apiBase,
    STRIPE_JS_URL: sandbox.stripe.jsUrl,
    ANTHROPIC_API_KEY: sandbox.providers.apiKey,
    ANTHROPIC_BASE_URL: sandbox.providers.anthropicBaseUrl,
    OPENAI_API_KEY: sandbox.providers.apiKey,
    OPENAI_BASE_URL: sandbox.providers.openaiBaseUrl,
    GEMINI_API_KEY: sandbox.providers.apiKey,
    GEMINI_BASE_URL: sandbox.providers.geminiBaseUrl,
    XAI_API_KEY: sandbox.providers.apiKey,
    XAI_BASE_URL: sandbox.providers.xaiBaseUrl,
    ...overrides,
  }
  sandbox.stripe.setWebhookUrl(`http://127.0.0.1:${port}/webhooks/stripe`)
  let output = ''
  const onOutput = (text: string) => {
    output += text
  }
  const first = await runServer(environment, onOutput)
  const others: AnotherServer[] = []

  const runCli = (...args: readonly string[]) =>
    execFileSync(nodePath, [cli, ...args], {
      cwd: root,
      env: environment,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })

  return {
    sandbox,
    url: environment.PUBLIC_URL ?? '',
    environment,
    output: () => output,
    mails: mailBox.text,
    cli: runCli,
    createPartner({ name = 'Test app', origins = [] } = {}) {
      const args = [
        'partner',
        'create',
        '--name',
        name,
        '--email',
        'partner@example.com',
        '--referral-rate',
        '0.1',
        '--json',
      ]
      return JSON.parse(runCli(...args, ...origins.flatMap((origin) => ['--origin', origin])))
    },
    codeFor: (email) => findCode(() => mailBox.text() + output, email),
    kill: first.kill,
    restart: first.restart,
    processId: first.processId,
    async startAnother() {
      const other = await runServer({ ...environment, PORT: String(await freePort()) }, onOutput)
      others.push(other)
      return other
    },
    async close() {
      for (const server of [first, ...others]) await server.kill('SIGTERM')
      await sandbox.close()
      await mailBox.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function runServer(
  environment: Record<string, string>,
  onOutput: (text: string) => void,
): Promise<AnotherServer> {
  let child = await startServer(environment, onOutput)
  return {
    url: `http://127.0.0.1:${environment.PORT}`,
    processId: () => child.pid ?? 0,
    async kill(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = new Promise((done) => child.once('exit', done))
      child.kill(signal)
      await exited
    },
    async restart() {
      child = await startAgain(environment, onOutput)
    },
  }
}

/** A server comes back on its own port, which another test's connection may have got meanwhile. */
async function startAgain(
  environment: Record<string, string>,
  onOutput: (text: string) => void,
  triesLeft = 10,
): Promise<ChildProcess> {
  try {
    return await startServer(environment, onOutput)
  } catch (error) {
    if (triesLeft === 0 || !String(error).includes('EADDRINUSE')) throw error
    await new Promise((wait) => setTimeout(wait, 500))
    return startAgain(environment, onOutput, triesLeft - 1)
  }
}

async function startServer(
  environment: Record<string, string>,
  onOutput: (text: string) => void,
): Promise<ChildProcess> {
  const child = spawn(nodePath, [cli, 'serve'], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (data: Buffer) => {
      said = `${said}${data}`.slice(-1_000)
      onOutput(data.toString())
    })
  await new Promise<void>((listening, failed) => {
    child.once('message', () => listening())
    child.once('close', (code) => failed(new Error(`the server ended with ${code}: ${said}`)))
  })
  return child
}

async function findCode(mails: () => string, email: string): Promise<string> {
  const deadline = Date.now() + 10_000
  while (Date.now() < deadline) {
    // The code has a line of its own; receipts and notifications, which come in between, have none.
    const codes = mails()
      .split(email)
      .slice(1)
      .flatMap((mail) => /^ *(\d{8})\r?$/m.exec(mail)?.[1] ?? [])
    const newest = codes.at(-1)
    if (newest !== undefined) return newest
    await new Promise((wait) => setTimeout(wait, 50))
  }
  throw new Error(`no code was mailed to ${email}`)
}

/** A port that nobody has at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  await new Promise((closed) => server.close(closed))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Makes a database in a PostgreSQL. @returns its connection string. */
export async function createDatabase(postgresUrl: string): Promise<string> {
  const name = `opencredits_${randomUUID().replaceAll('-', '')}`
  const client = new pg.Client({ connectionString: `${postgresUrl}/postgres` })
  await client.connect()
  await client.query(`create database ${name}`)
  await client.end()
  return `${postgresUrl}/${name}`
}
