/** The store of an installation under test: where it is, what can be done to it, and its rows for the auditor. */
export interface Store {
  readonly engine: 'sqlite' | 'postgres'
  readonly databaseUrl: string
  /** Null where this engine or this machine cannot be made to fail so; `why` says what is missing. */
  readonly killAndRestart: (() => Promise<void>) | null
  /** Takes nothing for so long. */
  readonly goAway: ((forMs: number) => Promise<void>) | null
  /** Every write waits for so long: what a slow disk does to those who ask for fsync. */
  stall(forMs: number): Promise<void>
  /** No byte more can be written for so long. */
  readonly fillDisk: ((forMs: number) => Promise<void>) | null
  readonly missing: readonly string[]
  /** What the engine said last. */
  log(): string
  rows(sql: string): Promise<readonly Record<string, unknown>[]>
  close(): Promise<void>
}
