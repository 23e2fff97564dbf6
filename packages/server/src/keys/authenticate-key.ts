import type { IncomingMessage } from 'node:http'
import { sql } from 'kysely'
import { AppError } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import { type Microcredits, microcredits } from '../kernel/microcredits.ts'
import type { BudgetWindow } from '../ledger/budget-window.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { kindOfSecret } from './key-format.ts'
import type { Pepper } from './pepper.ts'
import { pseudonymOf } from './pseudonym.ts'
import { readCredentials } from './read-credentials.ts'
import { watchKeyChanges } from './watch-key-changes.ts'

/** A key that may act now, and the limits that it carries. */
export interface AuthenticatedKey {
  readonly keyId: string
  readonly userId: string
  readonly partnerId: string
  readonly source: Row<'keys'>['source']
  readonly budget: { readonly amountMicrocredits: Microcredits; readonly window: BudgetWindow } | null
  readonly requestsPerMinute: number | null
  /** Null: all that the partner allows. */
  readonly models: readonly string[] | null
  /** A call of this user cost more than its hold. Calls are held at the context window until an operator clears the mark. */
  readonly isMarked: boolean
  /** By which providers know the user: `pseudonym.ts`. */
  readonly pseudonym: string
  /** Whether the wallet had anything when the key was read, and when that was. */
  readonly wasFunded: boolean
  readonly readAtMs: number
}

export interface KeyAuthenticator {
  /** @throws AppError 401 `invalid_user_key` for an unknown, malformed, expired or revoked key. */
  authenticateUserKey(secret: string): Promise<AuthenticatedKey>
  /** Reads the headers first. @throws AppError 401 `missing_api_key` where there is none. */
  requireUserKey(request: Pick<IncomingMessage, 'headers'>): Promise<AuthenticatedKey>
  /** Like `requireUserKey`, but a request without any key is null. */
  optionalUserKey(request: Pick<IncomingMessage, 'headers'>): Promise<AuthenticatedKey | null>
  /** Call it after a key or its user has changed, so that this process sees it at once; others see it within 2 s. */
  forgetAll(): void
}

/** A key that was not there may have been made since, at another server: nobody counts that. */
const unknownKeptMs = 1_500
const keptMax = 50_000

/** A key with its user's mark, and what was left in the wallet. */
type KeyRow = Row<'keys'> & { readonly marked_at_ms: number | null; readonly available_microcredits: number | null }

/** A row, and what is made of it, once for all calls. */
interface KnownKey {
  readonly row: KeyRow
  /** Null for a key that spends for nobody. */
  readonly key: AuthenticatedKey | null
}

interface Kept {
  readonly known: Promise<KnownKey | undefined>
  untilMs: number
}

export function createKeyAuthenticator(deps: {
  readonly db: DatabaseReader
  readonly clock: Clock
  readonly pepper: Pepper
}): KeyAuthenticator {
  /** By the secret itself: it is in this process anyway, and hashing it for every call is not for nothing. */
  const kept = new Map<string, Kept>()
  const changes = watchKeyChanges(deps, () => kept.clear())

  const find = (secret: string): Promise<KnownKey | undefined> => {
    const held = kept.get(secret)
    if (held !== undefined && held.untilMs > deps.clock.nowMs()) return held.known
    if (kindOfSecret(secret) !== 'sk') throw malformed(secret)
    if (kept.size >= keptMax) kept.clear()
    const hash = deps.pepper.hash('secret', secret)
    const known = readKeyRow(deps.db, hash).then((row) => (row === undefined ? undefined : knownKey(row, deps)))
    const entry: Kept = { known, untilMs: deps.clock.nowMs() + unknownKeptMs }
    kept.set(secret, entry)
    known.then(
      (found) => {
        if (found !== undefined) entry.untilMs = Number.POSITIVE_INFINITY
      },
      // A store that fails is no answer to keep.
      () => kept.delete(secret),
    )
    return known
  }

  const authenticateUserKey = async (secret: string): Promise<AuthenticatedKey> => {
    const unknown = changes.untilKnown()
    if (unknown !== null) await unknown
    const { row, key } = (await find(secret)) ?? nobody
    const nowMs = deps.clock.nowMs()
    if (row === null || key === null) throw invalid('This user key is unknown.')
    if (row.revoked_at_ms !== null) throw invalid('This user key has been revoked. Sign in again to get a new one.')
    if (row.expires_at_ms !== null && row.expires_at_ms <= nowMs) throw invalid('This user key has expired.')
    return key
  }

  const optionalUserKey = async (request: Pick<IncomingMessage, 'headers'>): Promise<AuthenticatedKey | null> => {
    const { payingKey, foreignCredential } = readCredentials(request.headers)
    if (payingKey === null && foreignCredential === null) return null
    if (payingKey === null) throw invalid('The credential is not an OpenCredits user key (oc_sk_…).')
    return authenticateUserKey(payingKey)
  }

  return {
    authenticateUserKey,
    optionalUserKey,
    async requireUserKey(request) {
      const key = await optionalUserKey(request)
      if (key === null) {
        throw new AppError(
          'missing_api_key',
          'No key was sent. Put the user key (oc_sk_…) in the X-User-Key header, or send it as Authorization: Bearer or x-api-key.',
          {
            headers: doNotRetry,
          },
        )
      }
      return key
    },
    forgetAll: () => kept.clear(),
  }
}

/** Without a join: SQLite would plan it anew each time, for the value that is bound. */
function readKeyRow(db: DatabaseReader, secretHash: string): Promise<KeyRow | undefined> {
  return db
    .selectFrom('keys')
    .selectAll('keys')
    .select((from) => [
      from.selectFrom('users').select('marked_at_ms').whereRef('users.id', '=', 'keys.user_id').as('marked_at_ms'),
      from
        .selectFrom('wallets')
        .select(sql<number>`posted_microcredits - held_microcredits`.as('available'))
        .whereRef('wallets.user_id', '=', 'keys.user_id')
        .as('available_microcredits'),
    ])
    .where('keys.secret_hash', '=', secretHash)
    .executeTakeFirst()
}

/** Clients such as Claude Code repeat a 401 for minutes unless they are told not to. */
const doNotRetry = { 'x-should-retry': 'false' }

function invalid(message: string): AppError {
  return new AppError('invalid_user_key', message, { headers: doNotRetry })
}

function malformed(secret: string): AppError {
  const kind = kindOfSecret(secret)
  if (kind === 'pk') return invalid('This is a publishable key (oc_pk_…); it cannot spend. Send a user key (oc_sk_…).')
  if (kind === 'rk')
    return invalid('This is a partner’s server key (oc_rk_…); it cannot spend. Send a user key (oc_sk_…).')
  return invalid(
    secret.startsWith('oc_sk_')
      ? 'This user key is mistyped: its checksum does not fit.'
      : 'The credential is not an OpenCredits user key (oc_sk_…).',
  )
}

const nobody = { row: null, key: null }

interface KnownKeyDeps {
  readonly pepper: Pepper
  readonly clock: Clock
}

function knownKey(row: KeyRow, deps: KnownKeyDeps): KnownKey {
  return { row, key: row.kind === 'user' && row.user_id !== null ? keyOf(row, row.user_id, deps) : null }
}

function keyOf(row: KeyRow, userId: string, { pepper, clock }: KnownKeyDeps): AuthenticatedKey {
  return {
    keyId: row.id,
    userId,
    partnerId: row.partner_id,
    source: row.source,
    budget:
      row.budget_microcredits === null || row.budget_window === null
        ? null
        : { amountMicrocredits: microcredits(row.budget_microcredits), window: row.budget_window },
    requestsPerMinute: row.requests_per_minute,
    models: parseModels(row.models),
    isMarked: row.marked_at_ms !== null,
    pseudonym: pseudonymOf(pepper, userId),
    wasFunded: (row.available_microcredits ?? 0) > 0,
    readAtMs: clock.nowMs(),
  }
}

/** Written by us as a JSON array of strings. */
export function parseModels(json: string | null): readonly string[] | null {
  return json === null ? null : (JSON.parse(json) as readonly string[])
}
