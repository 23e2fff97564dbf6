import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type PinnedProcess, startPinned, untilListening } from './pinned-process.ts'
import { type Growth, pepperOfBench, seedStore } from './seed-store.ts'

/** One way to get a call to the provider. */
export interface Contender {
  readonly name: string
  readonly isBilling: boolean
  readonly urls: readonly string[]
  readonly headers: readonly Record<string, string>[]
  readonly processes: readonly PinnedProcess[]
  /** What is asked; Chat Completions where it does not say. */
  readonly asks?: Ask
}

/** `responses`: kept, as they are by default · `unkept responses`: with `store: false`. */
export type Ask = 'chat' | 'responses' | 'unkept responses'

export const root = resolve(import.meta.dirname, '..')
const node = process.execPath
const cliOf = (checkout: string) => join(checkout, 'packages/server/src/cli/opencredits.ts')
/** An installation that is young, but whose users do not all share a few wallets. */
const young: Growth = { users: 10_000, requests: 0 }

/** The parts of the environment that a child needs and nothing else of this machine's. */
const basics = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', NODE_ENV: 'development' }

export async function startProxy(name: string, file: string, port: number, upstreamPort: number): Promise<Contender> {
  const environment = { ...basics, PORT: String(port), UPSTREAM_PORT: String(upstreamPort) }
  const child = startPinned('measured', [node, join(import.meta.dirname, file)], environment, root)
  await untilListening(port)
  return { name, isBilling: false, urls: [`http://127.0.0.1:${port}`], headers: [{}], processes: [child] }
}

export async function startPortkey(port: number, upstreamPort: number): Promise<Contender> {
  const file = createRequire(import.meta.url).resolve('@portkey-ai/gateway/build/start-server.js')
  const child = startPinned('measured', [node, file, `--port=${port}`, '--headless'], { ...basics }, root)
  await untilListening(port)
  const headers = {
    ...{ 'x-portkey-provider': 'openai', authorization: 'Bearer x' },
    'x-portkey-custom-host': `http://127.0.0.1:${upstreamPort}/v1`,
  }
  return {
    name: 'Portkey',
    isBilling: false,
    urls: [`http://127.0.0.1:${port}`],
    headers: [headers],
    processes: [child],
  }
}

/** What the books are proved with after the load. */
export interface Installed {
  readonly environment: Readonly<Record<string, string>>
  readonly checkout: string
}

/** OpenCredits as it is run, with 10 000 users who have credits, half of whom call. Its limits are set out of the way; nothing else is. */
export async function startOpenCredits(
  name: string,
  options: {
    readonly ports: readonly number[]
    readonly upstreamPort: number
    readonly databaseUrl?: string
    readonly nodeFlags?: readonly string[]
    /** How many users and calls the store has before the load begins. */
    readonly growth?: Growth
    /** Another checkout to run the server from, so that two versions are measured side by side. Default: this one. */
    readonly checkout?: string
    readonly asks?: Ask
  },
): Promise<Contender & Installed> {
  const folder = mkdtempSync(join(tmpdir(), 'opencredits-bench-'))
  const checkout = options.checkout ?? root
  const environment = {
    ...basics,
    DATABASE_URL: options.databaseUrl ?? `sqlite:${join(folder, 'bench.db')}`,
    KEY_PEPPER: pepperOfBench,
    GUEST_PEPPER: `${pepperOfBench} of guests`,
    LOG_LEVEL: 'warn',
    OPENAI_API_KEY: 'x',
    OPENAI_BASE_URL: `http://127.0.0.1:${options.upstreamPort}/v1`,
    STRIPE_SECRET_KEY: 'sk_test_bench',
    STRIPE_PUBLISHABLE_KEY: 'pk_test_bench',
    STRIPE_WEBHOOK_SECRET: 'whsec_bench',
    ADDRESS_REQUESTS_PER_MINUTE: '10000000',
    KEY_REQUESTS_PER_MINUTE: '10000000',
    KEY_CALLS_AT_ONCE: '1000000',
  }
  const run = (...args: readonly string[]) =>
    execFileSync(node, [cliOf(checkout), ...args], { env: environment, encoding: 'utf8', cwd: checkout })
  run('migrate')
  const partner = JSON.parse(
    run('partner', 'create', '--name', 'Bench', '--email', 'b@example.com', '--referral-rate', '0.1', '--json'),
  )
  const address =
    options.databaseUrl === undefined
      ? ({ engine: 'sqlite', location: join(folder, 'bench.db') } as const)
      : ({ engine: 'postgres', location: options.databaseUrl } as const)
  const keys = await seedStore(address, partner.id, options.growth ?? young)
  const headers = keys.map((key) => ({ 'x-user-key': key }))
  const processes: PinnedProcess[] = []
  for (const port of options.ports) {
    const serverEnvironment = { ...environment, PORT: String(port) }
    const command = [node, ...(options.nodeFlags ?? []), cliOf(checkout), 'serve']
    processes.push(startPinned('measured', command, serverEnvironment, checkout))
    await untilListening(port)
  }
  const urls = options.ports.map((port) => `http://127.0.0.1:${port}`)
  const asks = options.asks ?? 'chat'
  return { name, isBilling: true, urls, headers, processes, environment, checkout, asks }
}

/** After the load: every answered call is a settled row, and the books are right. */
export function proveBooks({ environment, checkout }: Installed): {
  readonly ok: boolean
  readonly openHolds: number
} {
  const report = JSON.parse(
    execFileSync(node, [cliOf(checkout), 'ledger', 'verify', '--json'], {
      env: environment,
      encoding: 'utf8',
      cwd: checkout,
    }),
  )
  return { ok: report.ok, openHolds: report.openHolds }
}
