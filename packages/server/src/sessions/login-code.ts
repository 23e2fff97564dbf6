import { randomInt } from 'node:crypto'
import { sql } from 'kysely'
import { AppError } from '../kernel/app-error.ts'
import { minuteMs } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { Database, DatabaseReader, DatabaseTransaction } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { transact } from '../store/transact.ts'

export const codeLifetimeMs = 10 * minuteMs
export const codeTriesMax = 5

/** Makes a six-digit code that lives ten minutes; the store keeps its keyed hash. */
export async function createLoginCode(
  db: Database,
  pepper: Pepper,
  login: { readonly email: string; readonly partnerId: string },
  nowMs: number,
): Promise<{ readonly loginId: string; readonly code: string; readonly expiresAtMs: number }> {
  const loginId = newId('lgn')
  const code = String(randomInt(0, 1_000_000)).padStart(6, '0')
  const expiresAtMs = nowMs + codeLifetimeMs
  await db
    .insertInto('login_codes')
    .values({
      id: loginId,
      email: login.email,
      partner_id: login.partnerId,
      code_hash: pepper.hash('login-code', `${loginId}:${code}`),
      tries: 0,
      created_at_ms: nowMs,
      expires_at_ms: expiresAtMs,
      used_at_ms: null,
    })
    .execute()
  return { loginId, code, expiresAtMs }
}

/** The partner whose page asked for a code; null for an unknown sign-in. */
export async function findAppOfLogin(db: DatabaseReader, loginId: string): Promise<string | null> {
  const row = await db.selectFrom('login_codes').select('partner_id').where('id', '=', loginId).executeTakeFirst()
  return row?.partner_id ?? null
}

/**
 * Checks a code. Each try is counted before it is looked at, by one guarded statement, so that guesses made at once
 * cannot exceed the five.
 * @throws AppError `invalid_request` naming `code` or `login_id`.
 */
export async function checkLoginCode(
  db: Database,
  pepper: Pepper,
  attempt: { readonly loginId: string; readonly code: string },
  nowMs: number,
): Promise<Row<'login_codes'>> {
  const counted = await countTry(db, attempt.loginId, nowMs)
  if (counted === null) throw await explainRefusal(db, attempt.loginId, nowMs)
  if (counted.code_hash === pepper.hash('login-code', `${attempt.loginId}:${attempt.code}`)) return counted
  const left = codeTriesMax - counted.tries
  throw refused(
    left > 0
      ? `This code is wrong; ${left} ${left === 1 ? 'try' : 'tries'} left.`
      : 'This code is wrong. Ask for a new one.',
  )
}

/** Uses a checked code up, in the transaction that signs in; of several at once one succeeds. */
export async function useLoginCode(transaction: DatabaseTransaction, loginId: string, nowMs: number): Promise<void> {
  const { numUpdatedRows } = await transaction
    .updateTable('login_codes')
    .set({ used_at_ms: nowMs })
    .where('id', '=', loginId)
    .where('used_at_ms', 'is', null)
    .executeTakeFirstOrThrow()
  if (numUpdatedRows === 0n) throw refused('This code has been used. Ask for a new one.')
}

async function countTry(db: Database, loginId: string, nowMs: number): Promise<Row<'login_codes'> | null> {
  return transact(db, async (transaction) => {
    const row = await transaction
      .updateTable('login_codes')
      .set({ tries: sql`tries + 1` })
      .where('id', '=', loginId)
      .where('used_at_ms', 'is', null)
      .where('expires_at_ms', '>', nowMs)
      .where('tries', '<', codeTriesMax)
      .returningAll()
      .executeTakeFirst()
    return row ?? null
  })
}

async function explainRefusal(db: Database, loginId: string, nowMs: number): Promise<AppError> {
  const row = await db.selectFrom('login_codes').selectAll().where('id', '=', loginId).executeTakeFirst()
  if (row === undefined)
    return new AppError('invalid_request', 'login_id: unknown. Ask for a new code.', { param: 'login_id' })
  if (row.used_at_ms !== null) return refused('This code has been used. Ask for a new one.')
  if (row.expires_at_ms <= nowMs) return refused('This code has expired. Ask for a new one.')
  return refused('Too many wrong tries. Ask for a new code.')
}

function refused(message: string): AppError {
  return new AppError('invalid_request', message, { param: 'code' })
}
