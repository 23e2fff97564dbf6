import { type Act, recordAct } from '../audit-log/record-act.ts'
import { AppError } from '../kernel/app-error.ts'
import { parseCredits } from '../kernel/microcredits.ts'
import { parseModels } from '../keys/authenticate-key.ts'
import type { PartnerCaller } from '../partners/authenticate-partner.ts'
import { type AppColumns, writeSettings } from '../partners/write-settings.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import type { SettingsChange } from './settings-schema.ts'

export interface SettingsAct {
  readonly caller: PartnerCaller
  readonly change: SettingsChange
  readonly by: Pick<Act, 'actor' | 'address' | 'requestId'>
  /** Ids of the models that can be called here. */
  readonly offered: readonly string[]
}

const action = 'partner.settings_changed'

/**
 * Changes an app's settings in both of its worlds.
 * @throws AppError 409 where they were changed since the version that the caller knows, 400 for an unknown model.
 */
export async function changeSettings(
  transaction: DatabaseTransaction,
  { caller, change, by, offered }: SettingsAct,
  nowMs: number,
): Promise<void> {
  const { appId } = caller
  const row = await lockApp(transaction, appId)
  const { version, origins, ...rest } = change
  if (version !== undefined && version !== String(row.updated_at_ms)) throw await stale(transaction, caller, row)
  refuseUnknownModels(row, rest, offered)
  const columns = columnsOf(rest)
  // A version is a moment: two changes within a millisecond have two.
  const atMs = Math.max(nowMs, row.updated_at_ms + 1)
  await writeSettings(transaction, appId, { columns, ...(origins === undefined ? {} : { origins }) }, atMs)
  const { before, after } = differences(row, columns)
  await recordAct(
    transaction,
    {
      ...{ ...by, action, target: { kind: 'partner', id: appId }, userId: null, partnerId: appId, before },
      after: { ...after, ...(origins === undefined ? {} : { origins }) },
    },
    nowMs,
  )
}

/** A write that changes nothing, so that two changes come one after the other. */
async function lockApp(transaction: DatabaseTransaction, appId: string): Promise<Row<'partners'>> {
  const row = await transaction
    .updateTable('partners')
    .set((of) => ({ name: of.ref('name') }))
    .where('id', '=', appId)
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', 'There is no such app.')
  return row
}

function columnsOf(change: Omit<SettingsChange, 'version' | 'origins'>): AppColumns {
  const { allow_localhost: allowsLocalhost, models, suggested_limit: limit } = change
  return {
    ...(change.name === undefined ? {} : { name: change.name }),
    ...(change.website === undefined ? {} : { website: change.website }),
    ...(change.default_model === undefined ? {} : { default_model: change.default_model }),
    ...(change.logo_url === undefined ? {} : { logo_url: change.logo_url }),
    ...(change.accent_color === undefined ? {} : { accent_color: change.accent_color }),
    ...(change.support_email === undefined ? {} : { support_email: change.support_email }),
    ...(change.statement_suffix === undefined ? {} : { statement_suffix: change.statement_suffix }),
    ...(allowsLocalhost === undefined ? {} : { allows_localhost: allowsLocalhost ? 1 : 0 }),
    ...(models === undefined ? {} : { allowed_models: models === null ? null : JSON.stringify([...new Set(models)]) }),
    ...(limit === undefined
      ? {}
      : {
          suggested_budget_microcredits: limit === null ? null : parseCredits(limit.budget),
          suggested_budget_window: limit?.window ?? null,
        }),
  }
}

/** A model that the app has already may be gone from here meanwhile: then it may stay. */
function refuseUnknownModels(row: Row<'partners'>, change: SettingsChange, offered: readonly string[]): void {
  const before = parseModels(row.allowed_models) ?? []
  const known = new Set([...offered, ...before])
  const unknown = (change.models ?? []).filter((id) => !known.has(id))
  if (unknown.length > 0)
    throw new AppError(
      'invalid_request',
      `models: unknown here: ${unknown.join(', ')}. GET /v1/models lists those on offer.`,
      {
        param: 'models',
      },
    )
  const { default_model: model } = change
  if (model === undefined || model === null) return
  const allowed = change.models === undefined ? parseModels(row.allowed_models) : change.models
  if (offered.includes(model) && (allowed === null || allowed.includes(model))) return
  throw new AppError('invalid_request', `default_model: ${model} is not among the models of this app.`, {
    param: 'default_model',
  })
}

/** Says who was quicker: a member by the address that co-members know and keys do not, a key by its name. */
async function stale(
  transaction: DatabaseTransaction,
  { appId, by }: PartnerCaller,
  row: Row<'partners'>,
): Promise<AppError> {
  const last = await transaction
    .selectFrom('audit_log')
    .select(['actor_kind', 'actor_id'])
    .where('partner_id', '=', appId)
    .where('action', '=', action)
    .orderBy('at_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  const who =
    last === undefined
      ? 'the operator'
      : last.actor_kind === 'user' && by.kind === 'key'
        ? 'a member of the app'
        : await nameOf(transaction, appId, last)
  const at = new Date(row.updated_at_ms).toISOString()
  return new AppError(
    'conflict',
    `The settings were changed by ${who} at ${at}, after you read them. Read them again, then make your change.`,
  )
}

async function nameOf(
  transaction: DatabaseTransaction,
  appId: string,
  { actor_kind: kind, actor_id: id }: Pick<Row<'audit_log'>, 'actor_kind' | 'actor_id'>,
): Promise<string> {
  if (kind === 'user' && id !== null) {
    const member = await transaction
      .selectFrom('partner_members')
      .innerJoin('users', 'users.id', 'partner_members.user_id')
      .select('users.email')
      .where('partner_members.partner_id', '=', appId)
      .where('users.id', '=', id)
      .executeTakeFirst()
    return member?.email ?? 'a former member'
  }
  if (kind !== 'partner' || id === null) return 'the operator'
  const key = await transaction.selectFrom('partner_keys').select('name').where('id', '=', id).executeTakeFirst()
  return `the key “${key?.name ?? id}”`
}

/** Of what changed: how it was and how it is. The log holds no e-mail, so of that only that it changed. */
function differences(row: Row<'partners'>, columns: AppColumns) {
  const old = new Map<string, unknown>(Object.entries(row))
  const changed = Object.entries(columns).filter(([name, value]) => old.get(name) !== value)
  const shown = (name: string, value: unknown) => (name === 'support_email' && value !== null ? 'changed' : value)
  return {
    before: Object.fromEntries(changed.map(([name]) => [name, shown(name, old.get(name) ?? null)])),
    after: Object.fromEntries(changed.map(([name, value]) => [name, shown(name, value)])),
  }
}
