import { randomBytes, randomInt } from 'node:crypto'
import { sql } from 'kysely'
import { AppError } from '../kernel/app-error.ts'
import { dayMs, minuteMs } from '../kernel/clock.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { Database, DatabaseReader, DatabaseTransaction } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { transact } from '../store/transact.ts'

export const codeLifetimeMs = 10 * minuteMs
export const codeTriesMax = 5
/** Over all codes of one mailbox: who guesses day after day gets nowhere. */
export const wrongTriesPerDayMax = 10
export const codeDigits = 8
/** In the test world, where no mails are sent. It opens no account of the live world, whose users are others. */
export const testCode = '42424242'

export interface CreatedLoginCode {
  /** 256 random bits, told to the browser that asked and to nobody else. The mailed code is worth nothing without it. */
  readonly loginId: string
  /** Eight digits. */
  readonly code: string
  readonly expiresAtMs: number
}

/**
 * Makes a code that lives ten minutes; in the test world it is always the same. The store keeps keyed hashes of both, the
 * login id and the code.
 * @param nowMs in the code's world
 */
export async function createLoginCode(
  db: Database,
  pepper: Pepper,
  login: { readonly email: string; readonly partnerId: string; readonly livemode?: boolean },
  nowMs: number,
): Promise<CreatedLoginCode> {
  const loginId = `lgn_${randomBytes(32).toString('base64url')}`
  const { livemode = true } = login
  const code = livemode ? String(randomInt(0, 10 ** codeDigits)).padStart(codeDigits, '0') : testCode
  const expiresAtMs = nowMs + codeLifetimeMs
  await db
    .insertInto('login_codes')
    .values({
      id: pepper.hash('login', loginId),
      email: login.email,
      partner_id: login.partnerId,
      livemode: livemode ? 1 : 0,
      code_hash: hashOf(pepper, loginId, code),
      tries: 0,
      created_at_ms: nowMs,
      expires_at_ms: expiresAtMs,
      used_at_ms: null,
    })
    .execute()
  return { loginId, code, expiresAtMs }
}

/** The app whose page asked for a code; null for an unknown login id. */
export async function findAppOfLogin(
  db: DatabaseReader,
  pepper: Pepper,
  loginId: string,
): Promise<{ readonly partnerId: string; readonly livemode: boolean } | null> {
  const row = await db
    .selectFrom('login_codes')
    .select(['partner_id', 'livemode'])
    .where('id', '=', pepper.hash('login', loginId))
    .executeTakeFirst()
  return row === undefined ? null : { partnerId: row.partner_id, livemode: row.livemode === 1 }
}

export interface CodeAttempt {
  readonly loginId: string
  readonly code: string
  /**
   * Whether this browser was signed in to an account before: wrong tries of strangers do not lock it out. It is asked
   * only once they would.
   */
  readonly isKnownDevice?: (email: string) => Promise<boolean>
}

/**
 * Checks a code. Each try is counted before the code is compared, by one guarded statement, so that guesses made at once
 * cannot exceed the five.
 * @throws AppError `invalid_request` naming `code` or `login_id`; 429 `rate_limited` after ten wrong tries at a mailbox
 * within a day.
 */
export async function checkLoginCode(
  db: Database,
  pepper: Pepper,
  attempt: CodeAttempt,
  nowMs: number,
): Promise<Row<'login_codes'>> {
  const id = pepper.hash('login', attempt.loginId)
  const login = await db.selectFrom('login_codes').selectAll().where('id', '=', id).executeTakeFirst()
  if (login === undefined)
    throw new AppError('invalid_request', 'login_id: unknown. Ask for a new code.', { param: 'login_id' })
  await refuseLockedMailbox(db, login, attempt, nowMs)
  const counted = await countTry(db, id, nowMs)
  if (counted === null) throw await explainRefusal(db, id, nowMs)
  if (counted.code_hash === hashOf(pepper, attempt.loginId, attempt.code)) return counted
  const left = codeTriesMax - counted.tries
  throw refused(
    left > 0
      ? `This code is wrong; ${left} ${left === 1 ? 'try' : 'tries'} left.`
      : 'This code is wrong. Ask for a new one.',
  )
}

/** Uses a checked code up, in the transaction that signs in. Of several transactions at once, one succeeds. */
export async function useLoginCode(transaction: DatabaseTransaction, id: string, nowMs: number): Promise<void> {
  const { numUpdatedRows } = await transaction
    .updateTable('login_codes')
    .set({ used_at_ms: nowMs })
    .where('id', '=', id)
    .where('used_at_ms', 'is', null)
    .executeTakeFirstOrThrow()
  if (numUpdatedRows === 0n) throw refused('This code has been used. Ask for a new one.')
}

/**
 * A world's wrong tries lock the mailbox in that world. In the test world anybody can make them, at any time of an app's own
 * clock: they lock it in that app alone.
 */
async function refuseLockedMailbox(
  db: Database,
  { email, livemode, partner_id: partnerId }: Pick<Row<'login_codes'>, 'email' | 'livemode' | 'partner_id'>,
  attempt: CodeAttempt,
  nowMs: number,
): Promise<void> {
  // The one right try of a code that was used is no wrong one.
  const { wrong } = await db
    .selectFrom('login_codes')
    .select(sql<number>`coalesce(sum(tries), 0) - count(used_at_ms)`.as('wrong'))
    .where('email', '=', email)
    .where('livemode', '=', livemode)
    .where('created_at_ms', '>', nowMs - dayMs)
    .$if(livemode === 0, (codes) => codes.where('partner_id', '=', partnerId))
    .executeTakeFirstOrThrow()
  if (Number(wrong) < wrongTriesPerDayMax || (await attempt.isKnownDevice?.(email)) === true) return
  throw new AppError(
    'rate_limited',
    'Too many wrong codes were tried for this e-mail today. Use a browser that you have signed in with before, or try again tomorrow.',
    { retryAfterSeconds: dayMs / 1000 },
  )
}

async function countTry(db: Database, id: string, nowMs: number): Promise<Row<'login_codes'> | null> {
  return transact(db, async (transaction) => {
    const row = await transaction
      .updateTable('login_codes')
      .set({ tries: sql`tries + 1` })
      .where('id', '=', id)
      .where('used_at_ms', 'is', null)
      .where('expires_at_ms', '>', nowMs)
      .where('tries', '<', codeTriesMax)
      .returningAll()
      .executeTakeFirst()
    return row ?? null
  })
}

async function explainRefusal(db: Database, id: string, nowMs: number): Promise<AppError> {
  const row = await db.selectFrom('login_codes').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  if (row.used_at_ms !== null) return refused('This code has been used. Ask for a new one.')
  if (row.expires_at_ms <= nowMs) return refused('This code has expired. Ask for a new one.')
  return refused('Too many wrong tries. Ask for a new code.')
}

function hashOf(pepper: Pepper, loginId: string, code: string): string {
  return pepper.hash('login-code', `${loginId}:${code}`)
}

function refused(message: string): AppError {
  return new AppError('invalid_request', message, { param: 'code' })
}
