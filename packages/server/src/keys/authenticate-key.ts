import type { IncomingMessage } from 'node:http'
import { AppError } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { expiryMsOf } from './key-expiry.ts'
import { kindOfSecret } from './key-format.ts'
import { type KeyUses, notedEveryMs } from './key-uses.ts'
import type { Pepper } from './pepper.ts'
import { pseudonymOf } from './pseudonym.ts'
import { readCredentials } from './read-credentials.ts'
import { budgetOf, type KeyBudgets, type KeyRow, nowOfKey, readKeyRow } from './read-key.ts'
import { watchKeyChanges } from './watch-key-changes.ts'

/** A key that may act now, and the limits that it carries. */
export interface AuthenticatedKey extends KeyBudgets {
  readonly keyId: string
  readonly userId: string
  readonly partnerId: string
  /** False in the test world. */
  readonly livemode: boolean
  /** How far the time of the test world is ahead: see `worldNowMs`. Left out: not at all. */
  readonly clockAheadMs?: number
  readonly source: Row<'keys'>['source']
  /** Nobody has signed in with it yet. */
  readonly isGuest: boolean
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
  authenticateUserKey(secret: string, request?: IncomingMessage): Promise<AuthenticatedKey>
  /** Reads the headers first. @throws AppError 401 `missing_api_key` where there is none. */
  requireUserKey(request: IncomingMessage): Promise<AuthenticatedKey>
  /** Like `requireUserKey`, but a request without any key is null. */
  optionalUserKey(request: IncomingMessage): Promise<AuthenticatedKey | null>
  /** Call it after a key or its user has changed, so that this process sees it at once; others see it within 2 s. */
  forgetAll(): void
}

/** A key that was not there may have been made since, at another server: nobody counts that. */
const unknownKeptMs = 1_500
const keptMax = 50_000

/** A row, and what is made of it, once for all calls. */
interface KnownKey {
  readonly row: KeyRow
  /** Null for a key that spends for nobody. */
  readonly key: AuthenticatedKey | null
  /** From then on it is refused, unless it was used since at another server. */
  readonly untilMs: number
  /** When its use was last written down, or noted to be. */
  notedAtMs: number
}

interface Kept {
  readonly known: Promise<KnownKey | undefined>
  untilMs: number
}

export function createKeyAuthenticator(deps: {
  readonly db: DatabaseReader
  readonly clock: Clock
  readonly pepper: Pepper
  /** Without it, uses are not written down. */
  readonly keyUses?: Pick<KeyUses, 'note'>
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
        // One that is over is read again after a while: a use at another server lets it live on, and is no change.
        if (found === undefined) return
        const leftMs = found.untilMs - nowOfKey(deps.clock.nowMs(), found.row)
        if (leftMs > 0) entry.untilMs = deps.clock.nowMs() + leftMs
      },
      // A store that fails is no answer to keep.
      () => kept.delete(secret),
    )
    return known
  }

  const authenticateUserKey = async (secret: string, request?: IncomingMessage): Promise<AuthenticatedKey> => {
    const unknown = changes.untilKnown()
    if (unknown !== null) await unknown
    const known = await find(secret)
    if (known === undefined || known.key === null) throw invalid('This user key is unknown.')
    const nowMs = nowOfKey(deps.clock.nowMs(), known.row)
    refuseEnded(known, nowMs)
    if (nowMs - known.notedAtMs >= notedEveryMs) {
      known.notedAtMs = nowMs
      deps.keyUses?.note(known.row.id, nowMs, request ?? null)
    }
    return known.key
  }

  const optionalUserKey = async (request: IncomingMessage): Promise<AuthenticatedKey | null> => {
    const { payingKey, foreignCredential } = readCredentials(request.headers)
    if (payingKey === null && foreignCredential === null) return null
    if (payingKey === null) throw invalid('The credential is not an OpenCredits user key (oc_sk_…).')
    return authenticateUserKey(payingKey, request)
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

/** Says why a key no longer works, so that its owner knows what to do. */
function refuseEnded({ row, untilMs }: KnownKey, nowMs: number): void {
  if (row.revoked_at_ms !== null) throw invalid('This user key has been revoked. Sign in again to get a new one.')
  if (row.consent_withdrawn_at_ms !== null)
    throw invalid('This app may not spend your credits any more. Sign in again in the app to allow it.')
  if (untilMs > nowMs) return
  if ((row.secret_until_ms ?? nowMs + 1) <= nowMs)
    throw invalid('This user key was replaced by a new one, and its grace time is over. Use the new one.')
  if ((row.consent_expires_at_ms ?? nowMs + 1) <= nowMs)
    throw invalid('The time for which this app may spend your credits is over. Sign in again in the app to allow it.')
  throw invalid(
    row.expires_at_ms !== null && row.expires_at_ms <= nowMs
      ? 'This user key has expired.'
      : 'This user key has expired, because it was not used for 180 days. Sign in again to get a new one.',
  )
}

interface KnownKeyDeps {
  readonly pepper: Pepper
  readonly clock: Clock
}

function knownKey(row: KeyRow, deps: KnownKeyDeps): KnownKey {
  const ends = [expiryMsOf(row), row.consent_expires_at_ms, row.secret_until_ms].filter((time) => time !== null)
  return {
    row,
    key: row.user_id !== null ? keyOf(row, row.user_id, deps) : null,
    untilMs: Math.min(Number.POSITIVE_INFINITY, ...ends),
    notedAtMs: row.last_used_at_ms ?? 0,
  }
}

function keyOf(row: KeyRow, userId: string, { pepper, clock }: KnownKeyDeps): AuthenticatedKey {
  return {
    keyId: row.id,
    userId,
    partnerId: row.partner_id,
    livemode: row.livemode === 1,
    ...(row.clock_ahead_ms === null ? {} : { clockAheadMs: row.clock_ahead_ms }),
    source: row.source,
    isGuest: row.email === null,
    ...budgetOf(row),
    requestsPerMinute: row.requests_per_minute,
    models: parseModels(row.consent_id === null ? row.models : row.consent_models),
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
