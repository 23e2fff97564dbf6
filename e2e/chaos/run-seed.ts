import { setTimeout as wait } from 'node:timers/promises'
import { type AuditReport, audit } from './audit.ts'
import { clockLibrary } from './clock-library.ts'
import { type Fault, type FaultKind, planFaults } from './fault-plan.ts'
import { canSuffer, injectFault } from './inject-fault.ts'
import { type Installation, startInstallation } from './installation.ts'
import { planUsers, runUser, type SeenUser } from './run-user.ts'
import { createSeededRandom, type SeededRandom } from './seeded-random.ts'
import type { ServerProcess } from './server-process.ts'
import type { Shop } from './shop.ts'
import { createSqliteStore } from './sqlite-store.ts'
import type { Store } from './store.ts'

export interface SeedOptions {
  readonly seed: number
  readonly engine: 'sqlite' | 'postgres'
  readonly users: number
  readonly callsPerUser: number
  /** As long as faults happen. */
  readonly faultsMs: number
  /** Default: the seed says. */
  readonly servers?: number
  /** Also faults that last longer than a heartbeat lives. Default false. */
  readonly isLong?: boolean
  readonly sourceRoot?: string
}

export interface SeedReport extends AuditReport {
  readonly seed: number
  readonly engine: string
  readonly servers: number
  readonly isLong: boolean
  readonly faults: readonly Fault[]
  /** What this machine could not be made to suffer. */
  readonly missing: readonly string[]
  readonly durationMs: number
  /** What the servers logged as errors. */
  readonly errors: readonly string[]
}

/** One run: an installation of its own, load and faults that the seed decides, the recovery, the audit. */
export async function runSeed(options: SeedOptions): Promise<SeedReport> {
  const startedAtMs = Date.now()
  const random = createSeededRandom(options.seed)
  const store = await createStore(options.engine)
  const drawn = options.engine === 'sqlite' ? random.int(1, 2) : random.int(2, 3)
  const servers = options.servers ?? drawn
  let faults: readonly Fault[] = []
  let installation: Installation | null = null
  const reportOf = (audited: AuditReport): SeedReport => ({
    ...audited,
    seed: options.seed,
    engine: options.engine,
    servers,
    isLong: options.isLong ?? false,
    faults,
    missing: [...store.missing, ...(clockLibrary === null ? ['clock jumps (needs libfaketime)'] : [])],
    durationMs: Date.now() - startedAtMs,
    errors: installation?.servers.flatMap(({ errors }) => errors) ?? [],
  })
  try {
    installation = await startInstallation({ store, servers, sourceRoot: options.sourceRoot })
    faults = planFaultsFor(installation, random, options)
    const users = await runLoad(installation, random, { ...options, faults })
    await recover(installation)
    return reportOf(await audit(installation, users))
  } catch (error) {
    // A run that cannot go on (a server that does not start any more) has found something, too.
    const message = error instanceof Error ? error.message : String(error)
    const failed = { kind: 'run_failed', about: `seed ${options.seed}`, detail: `${message} ${store.log()}` }
    return reportOf({ differences: [failed], counts: {} })
  } finally {
    await installation?.close()
    await store.close()
  }
}

function planFaultsFor(
  installation: Installation,
  random: SeededRandom,
  { faultsMs, isLong = false }: SeedOptions,
): readonly Fault[] {
  const possible = (kind: FaultKind) => canSuffer(installation, kind)
  return planFaults(random.fork('faults'), { durationMs: faultsMs, isLong, possible })
}

async function createStore(engine: 'sqlite' | 'postgres'): Promise<Store> {
  if (engine === 'sqlite') return createSqliteStore()
  const { createPostgresStore } = await import('./postgres-store.ts')
  return createPostgresStore()
}

async function runLoad(
  installation: Installation,
  random: SeededRandom,
  options: SeedOptions & { readonly faults: readonly Fault[] },
): Promise<readonly SeenUser[]> {
  const { servers, sandbox, partner } = installation
  const choice = random.fork('balancer')
  const shop: Shop = {
    sandbox,
    publishableKey: partner.publishable_key,
    anyServer: () => choice.pick(upOf(servers).length > 0 ? upOf(servers) : servers),
    someServerUp: async () => {
      for (const untilMs = Date.now() + patienceMs; upOf(servers).length === 0 && Date.now() < untilMs; ) await wait(50)
    },
  }
  // Stripe knows one address; behind it a balancer picks the server.
  const balancing = setInterval(() => sandbox.stripe.setWebhookUrl(`${shop.anyServer().url}/webhooks/stripe`), 50)
  sandbox.stripe.setWebhookUrl(`${shop.anyServer().url}/webhooks/stripe`)
  const plans = planUsers(random.fork('users'), { users: options.users, calls: options.callsPerUser })
  const suffering = options.faults.map(async (fault) => {
    await wait(fault.atMs)
    await injectFault(installation, fault)
  })
  try {
    const [users] = await Promise.all([Promise.all(plans.map((plan) => runUser(shop, plan))), Promise.all(suffering)])
    await Promise.all(servers.map((server) => server.start()))
    await sandbox.stripe.control.shapeWebhooks()
    await sandbox.stripe.control.releaseWebhooks('newest_first')
    await sandbox.stripe.control.webhooksSettled()
    return users
  } finally {
    clearInterval(balancing)
  }
}

/** Some calls go to a server that is not there all the same: it dies while they are on their way. */
const patienceMs = 20_000

function upOf(servers: readonly ServerProcess[]): readonly ServerProcess[] {
  return servers.filter(({ isUp }) => isUp)
}

/** Longer than a heartbeat lives and the job that goes by it waits. */
const recoveryMs = 30_000

/** Waits until nothing is held any more, or until everything should long have been resolved. */
async function recover({ store }: Installation): Promise<void> {
  await untilNone(
    store,
    "select id from holds where id not in (select 'batch:' || id from batches where state = 'sending')",
  )
  // What the provider has is found at the first looks. The rest waits until it cannot be there any more: a day later.
  if ((await store.rows('select id from holds limit 1')).length === 0) return
  await wait(batchLooksMs)
  await store.rows(
    "update batches set created_at_ms = created_at_ms - 93600000, next_poll_at_ms = 0 where state = 'sending' returning id",
  )
  await untilNone(store, 'select id from holds')
}

const batchLooksMs = 3_000

async function untilNone(store: Store, holds: string): Promise<void> {
  for (const untilMs = Date.now() + recoveryMs; Date.now() < untilMs; await wait(200)) {
    const open = await store.rows(`${holds} limit 1`)
    if (open.length === 0) return
  }
}
