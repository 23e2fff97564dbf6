import type { AccountNotifications } from '@opencredits/protocol'
import { type Request, Router } from 'express'
import { z } from 'zod'
import { validate } from '../http/validate.ts'
import { creditsFromMicrocredits, type Microcredits, parseCredits } from '../kernel/microcredits.ts'
import { recordOwnAct } from '../keys/acting-user.ts'
import type { AuthenticatedSession } from '../sessions/authenticate-session.ts'
import { transact } from '../store/transact.ts'
import { type NotificationSettings, readNotificationSettings } from '../users/notification-settings.ts'
import { type AccountDeps, actingUser, requireUser } from './account-deps.ts'

const threshold = z.number().transform((value, context): Microcredits => {
  const amount = parseCredits(value)
  if (amount !== null && amount >= 0 && value <= 1_000_000) return amount
  context.addIssue({ code: 'custom', message: 'expected credits from 0 to 1000000 with at most six decimals' })
  return z.NEVER
})

export const notificationsSchema = z.strictObject({
  low_balance: z.strictObject({ enabled: z.boolean(), threshold }),
  key_budget: z.strictObject({ enabled: z.boolean(), percent: z.number().int().min(50).max(100) }),
  new_app: z.strictObject({ enabled: z.boolean() }),
  new_sign_in: z.strictObject({ enabled: z.boolean() }),
})

/** `GET` and `PUT /v1/account/notifications`. */
export function createNotificationRouter(deps: AccountDeps): Router {
  const router = Router()

  router.get('/v1/account/notifications', async (request, response) => {
    const { userId } = await requireUser(deps, request, response)
    response.json(describeNotifications(await readNotificationSettings(deps.db, userId)))
  })

  router.put('/v1/account/notifications', async (request, response) => {
    const session = await requireUser(deps, request, response)
    const body = validate(notificationsSchema, await deps.readJson(request))
    await save(deps, request, session, body)
    response.json(describeNotifications(await readNotificationSettings(deps.db, session.userId)))
  })
  return router
}

async function save(
  deps: AccountDeps,
  request: Request,
  session: AuthenticatedSession,
  body: z.output<typeof notificationsSchema>,
): Promise<void> {
  const columns = {
    is_low_balance_on: body.low_balance.enabled ? 1 : 0,
    low_balance_microcredits: body.low_balance.threshold,
    is_key_budget_on: body.key_budget.enabled ? 1 : 0,
    key_budget_percent: body.key_budget.percent,
    is_new_app_on: body.new_app.enabled ? 1 : 0,
    is_new_sign_in_on: body.new_sign_in.enabled ? 1 : 0,
  }
  await transact(deps.db, async (transaction) => {
    const before = describeNotifications(await readNotificationSettings(transaction, session.userId))
    await transaction
      .insertInto('notification_settings')
      .values({ user_id: session.userId, ...columns, low_balance_told_at_ms: null, empty_balance_told_at_ms: null })
      .onConflict((conflict) => conflict.column('user_id').doUpdateSet(columns))
      .execute()
    const after = describeNotifications(await readNotificationSettings(transaction, session.userId))
    const act = { action: 'notifications.changed', target: { kind: 'user', id: session.userId } }
    const by = actingUser(deps, request, session)
    await recordOwnAct(transaction, by, { ...act, before: { ...before }, after: { ...after } }, deps.clock.nowMs())
  })
}

function describeNotifications(settings: NotificationSettings): AccountNotifications {
  return {
    low_balance: {
      enabled: settings.isLowBalanceOn,
      threshold: creditsFromMicrocredits(settings.lowBalanceMicrocredits),
    },
    key_budget: { enabled: settings.isKeyBudgetOn, percent: settings.keyBudgetPercent },
    new_app: { enabled: settings.isNewAppOn },
    new_sign_in: { enabled: settings.isNewSignInOn },
  }
}
