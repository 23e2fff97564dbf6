import { loadConfig } from '../config.ts'
import { systemClock } from '../kernel/clock.ts'
import { loadPepper, type Pepper } from '../keys/pepper.ts'
import { migrateToLatest } from '../store/migrate.ts'
import { type Database, type DatabaseEngine, openDatabase } from '../store/open-database.ts'

export interface CommandStore {
  readonly db: Database
  readonly engine: DatabaseEngine
  readonly pepper: Pepper
  readonly nowMs: number
  /** `REFERRAL_RATE_MAX` */
  readonly shareBasisPointsMax: number
  /** `OPERATOR_COMMAND` */
  readonly operatorCommand: string
  readonly isSandbox: boolean
  /** `WEBHOOK_ALLOW_PRIVATE` */
  readonly allowsPrivateWebhooks: boolean
}

/** Runs a command on the configured store, brought to the newest schema first; a server may run beside it. */
export async function withStore<Result>(work: (store: CommandStore) => Promise<Result>): Promise<Result> {
  const config = loadConfig()
  const db = openDatabase(config.database, { isPatient: true })
  try {
    await migrateToLatest(db, config.database.engine)
    return await work({
      db,
      engine: config.database.engine,
      pepper: loadPepper(config.keyPepper, config.database),
      nowMs: systemClock.nowMs(),
      shareBasisPointsMax: config.shareBasisPointsMax,
      operatorCommand: config.operatorCommand,
      isSandbox: config.isSandbox,
      allowsPrivateWebhooks: config.allowsPrivateWebhooks,
    })
  } finally {
    await db.destroy()
  }
}

/** What a stranger has written, such as what an app is for, must neither steer the operator's terminal nor look like a line of ours. */
const steersTerminal = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu

/** JSON for programs, lines for people. */
export function print(isJson: boolean | undefined, value: unknown, lines: readonly string[]): void {
  const shown = lines.map((line) => line.replace(steersTerminal, ' ')).join('\n')
  process.stdout.write(`${isJson === true ? JSON.stringify(value, null, 2) : shown}\n`)
}
