import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Sandbox, startSandbox } from '@opencredits/sandbox'
import { childEnvironment } from '../child-environment.ts'
import { freePort, type PartnerKeys } from '../stack.ts'
import { clockLibrary } from './clock-library.ts'
import { createServerProcess, repositoryRoot, runCommand, type ServerProcess } from './server-process.ts'
import type { Store } from './store.ts'

/** Several servers on one store, with the sandbox as Stripe and the providers. */
export interface Installation {
  readonly sandbox: Sandbox
  readonly store: Store
  readonly servers: readonly ServerProcess[]
  readonly partner: PartnerKeys
  /** Sets a server's clock forward or back; null where the machine has no libfaketime. */
  readonly shiftClock: ((server: ServerProcess, bySeconds: number) => void) | null
  /** `opencredits ledger verify --json`. */
  verifyLedger(): Promise<{ readonly ok: boolean; readonly differences: readonly Record<string, unknown>[] }>
  close(): Promise<void>
}

export interface InstallationOptions {
  readonly store: Store
  readonly servers: number
  /** Default: this tree. A canary runs a mutant's copy. */
  readonly sourceRoot?: string | undefined
}

/** Stripe goes on for days; a run has a minute. */
const webhookRetryDelaysMs = [100, 200, 400, 800, 1500, 2000, 3000, 4000, 5000, 5000, 5000, 5000]
export const referralShareBasisPoints = 1000

export async function startInstallation({
  store,
  servers: count,
  sourceRoot = repositoryRoot,
}: InstallationOptions): Promise<Installation> {
  const sandbox = await startSandbox({ webhookRetryDelaysMs })
  const folder = mkdtempSync(join(tmpdir(), 'opencredits-chaos-run-'))
  const environment = environmentOf(sandbox, store.databaseUrl)
  const servers: ServerProcess[] = []
  const clockFile = (name: string) => join(folder, `${name}.clock`)
  const close = async () => {
    await Promise.all(servers.map((server) => server.kill('SIGKILL')))
    await sandbox.close()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    for (let index = 0; index < count; index += 1) {
      const port = await freePort()
      const name = `server-${index}`
      writeFileSync(clockFile(name), '+0')
      const own = { ...environment, PUBLIC_URL: `http://oc.localhost:${port}`, ...clockEnvironment(clockFile(name)) }
      servers.push(createServerProcess({ name, port, environment: own, sourceRoot }))
    }
    for (const server of servers) await server.start()
    const partner = await createPartner(sourceRoot, environment)
    return {
      sandbox,
      store,
      servers,
      partner,
      shiftClock:
        clockLibrary === null
          ? null
          : (server, bySeconds) => writeFileSync(clockFile(server.name), `${bySeconds < 0 ? '' : '+'}${bySeconds}`),
      verifyLedger: async () => JSON.parse(await runCommand(sourceRoot, environment, ['ledger', 'verify', '--json'])),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

function environmentOf(sandbox: Sandbox, databaseUrl: string): Record<string, string> {
  return {
    ...childEnvironment(),
    DATABASE_URL: databaseUrl,
    KEY_PEPPER: 'a pepper that all servers share',
    GUEST_PEPPER: 'another that all servers share',
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
    BATCH_POLL_MS: '200',
    UPSTREAM_FIRST_BYTE_TIMEOUT_MS: '2500',
    UPSTREAM_IDLE_TIMEOUT_MS: '2500',
    DRAIN_TIMEOUT_MS: '3000',
    LOG_LEVEL: 'warn',
  }
}

function clockEnvironment(file: string): Record<string, string> {
  if (clockLibrary === null) return {}
  return {
    LD_PRELOAD: clockLibrary,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_CACHE_DURATION: '1',
    // Timers go on by the monotonic clock, as they do on a real machine whose time of day is set.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
    NO_FAKE_STAT: '1',
  }
}

async function createPartner(sourceRoot: string, environment: Record<string, string>): Promise<PartnerKeys> {
  const rate = String(referralShareBasisPoints / 10_000)
  const args = ['--name', 'Chaos', '--email', 'partner@example.com', '--referral-rate', rate, '--json']
  return JSON.parse(await runCommand(sourceRoot, environment, ['partner', 'create', ...args]))
}
