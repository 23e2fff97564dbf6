import { type Request, Router } from 'express'
import { z } from 'zod'
import type { ReadJson } from '../http/read-json.ts'
import { validate } from '../http/validate.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import { creditsFromMicrocredits, type Microcredits, microcredits, parseCredits } from '../kernel/microcredits.ts'
import { budgetWindowStartMs } from '../ledger/budget-window.ts'
import type { Database } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { transact } from '../store/transact.ts'
import { type AuthenticatedKey, type KeyAuthenticator, parseModels } from './authenticate-key.ts'
import { issueUserKey } from './issue-key.ts'
import type { Pepper } from './pepper.ts'
import { revokeAllKeys, revokeKey } from './revoke-key.ts'

export interface KeyRoutesDeps {
  readonly db: Database
  readonly clock: Clock
  readonly pepper: Pepper
  readonly authenticator: KeyAuthenticator
  readonly readJson: ReadJson
}

const namedKeysMax = 100

const credits = z.union([z.number(), z.string()]).transform((value, context): Microcredits => {
  const amount = parseCredits(value)
  if (amount !== null && amount > 0) return amount
  context.addIssue({ code: 'custom', message: 'expected a positive number of credits with at most six decimals' })
  return z.NEVER
})

const limits = {
  name: z.string().trim().min(1).max(100),
  /** Credits per window. */
  budget: credits.nullable(),
  window: z.enum(['total', 'day', 'week', 'month']),
  rpm: z.number().int().min(1).max(100_000).nullable(),
  models: z.array(z.string().min(1).max(200)).min(1).max(200).nullable(),
  /** Seconds since 1970, or an ISO 8601 time. */
  expires_at: z
    .union([z.number().int().positive().max(8_640_000_000_000), z.iso.datetime({ offset: true })])
    .nullable(),
}

export const newKeySchema = z.strictObject(limits).partial().required({ name: true })
export const changedKeySchema = z.strictObject(limits).partial()

type Limits = z.output<typeof changedKeySchema>

/** Named keys with limits, for a signed-in user: `/v1/keys`. Someone else's key is the same 404 as none. */
export function createKeyRouter(deps: KeyRoutesDeps): Router {
  const router = Router()

  router.get('/v1/keys', async (request, response) => {
    const owner = await requireOwner(deps, request)
    const rows = await deps.db
      .selectFrom('keys')
      .selectAll()
      .where('user_id', '=', owner.userId)
      .orderBy('created_at_ms', 'desc')
      .orderBy('id')
      .execute()
    response.json({ data: await Promise.all(rows.map((row) => describe(deps, row))) })
  })

  router.post('/v1/keys', async (request, response) => {
    const owner = await requireOwner(deps, request)
    const body = validate(newKeySchema, await deps.readJson(request))
    const issued = await transact(deps.db, async (transaction) => {
      const { named } = await transaction
        .selectFrom('keys')
        .select(({ fn }) => fn.countAll<number>().as('named'))
        .where('user_id', '=', owner.userId)
        .where('source', '=', 'named')
        .where('revoked_at_ms', 'is', null)
        .executeTakeFirstOrThrow()
      if (named >= namedKeysMax)
        throw new AppError('invalid_request', `There are ${namedKeysMax} named keys already; revoke one first.`)
      const nowMs = deps.clock.nowMs()
      return issueUserKey(
        transaction,
        deps.pepper,
        {
          userId: owner.userId,
          partnerId: owner.partnerId,
          source: 'named',
          name: body.name,
          budget:
            body.budget === undefined || body.budget === null
              ? null
              : { amountMicrocredits: body.budget, window: body.window ?? 'total' },
          requestsPerMinute: body.rpm ?? null,
          models: body.models ?? null,
          expiresAtMs: expiryMs(body.expires_at ?? null),
        },
        nowMs,
      )
    })
    const row = await findOwn(deps, owner, issued.keyId)
    response
      .status(201)
      .set('cache-control', 'no-store')
      .json({ ...(await describe(deps, row)), key: issued.secret })
  })

  router.patch('/v1/keys/:id', async (request, response) => {
    const owner = await requireOwner(deps, request)
    const body = validate(changedKeySchema, await deps.readJson(request))
    const row = await findOwn(deps, owner, String(request.params.id))
    const changes = changesOf(body, row)
    if (Object.keys(changes).length > 0)
      await deps.db.updateTable('keys').set(changes).where('id', '=', row.id).execute()
    deps.authenticator.forgetAll()
    response.json(await describe(deps, await findOwn(deps, owner, row.id)))
  })

  router.delete('/v1/keys/:id', async (request, response) => {
    const owner = await requireOwner(deps, request)
    const row = await findOwn(deps, owner, String(request.params.id))
    await revokeKey(deps.db, row.id, deps.clock.nowMs())
    deps.authenticator.forgetAll()
    response.json({ id: row.id, deleted: true })
  })

  router.post('/v1/keys/revoke_all', async (request, response) => {
    const owner = await requireOwner(deps, request)
    const revoked = await revokeAllKeys(deps.db, owner.userId, null, deps.clock.nowMs())
    deps.authenticator.forgetAll()
    response.json({ revoked })
  })
  return router
}

/** A key with limits of its own must not mint one without them. */
async function requireOwner(deps: KeyRoutesDeps, request: Request): Promise<AuthenticatedKey> {
  const key = await deps.authenticator.requireUserKey(request)
  if (key.source !== 'named') return key
  throw new AppError('invalid_user_key', 'A named key cannot manage keys. Use the key that you got by signing in.')
}

async function findOwn(deps: KeyRoutesDeps, owner: AuthenticatedKey, id: string): Promise<Row<'keys'>> {
  const row = await deps.db
    .selectFrom('keys')
    .selectAll()
    .where('id', '=', id)
    .where('user_id', '=', owner.userId)
    .executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', 'There is no such key.')
  return row
}

function changesOf(body: Limits, row: Row<'keys'>): Partial<Row<'keys'>> {
  const budget = body.budget === undefined ? row.budget_microcredits : body.budget
  const hasBudgetChange = body.budget !== undefined || body.window !== undefined
  return {
    ...(body.name === undefined ? {} : { name: body.name }),
    ...(hasBudgetChange
      ? {
          budget_microcredits: budget,
          budget_window: budget === null ? null : (body.window ?? row.budget_window ?? 'total'),
        }
      : {}),
    ...(body.rpm === undefined ? {} : { requests_per_minute: body.rpm }),
    ...(body.models === undefined ? {} : { models: body.models === null ? null : JSON.stringify(body.models) }),
    ...(body.expires_at === undefined ? {} : { expires_at_ms: expiryMs(body.expires_at) }),
  }
}

function expiryMs(value: number | string | null): number | null {
  if (value === null) return null
  return typeof value === 'number' ? value * 1000 : Date.parse(value)
}

async function describe(deps: KeyRoutesDeps, row: Row<'keys'>) {
  const nowMs = deps.clock.nowMs()
  const window =
    row.budget_window === null
      ? undefined
      : await deps.db
          .selectFrom('key_windows')
          .selectAll()
          .where('key_id', '=', row.id)
          .where('window_start_ms', '=', budgetWindowStartMs(row.budget_window, nowMs))
          .executeTakeFirst()
  const isExpired = row.expires_at_ms !== null && row.expires_at_ms <= nowMs
  return {
    id: row.id,
    name: row.name,
    source: row.source,
    last_four: row.last_four,
    status: row.revoked_at_ms !== null ? 'revoked' : isExpired ? 'expired' : 'active',
    budget: row.budget_microcredits === null ? null : creditsFromMicrocredits(microcredits(row.budget_microcredits)),
    window: row.budget_window,
    spent: row.budget_window === null ? null : creditsFromMicrocredits(microcredits(window?.spent_microcredits ?? 0)),
    rpm: row.requests_per_minute,
    models: parseModels(row.models),
    created_at: Math.floor(row.created_at_ms / 1000),
    expires_at: row.expires_at_ms === null ? null : Math.floor(row.expires_at_ms / 1000),
  }
}
