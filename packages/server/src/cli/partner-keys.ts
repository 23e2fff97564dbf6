import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings'
import { type PartnerScope, partnerScopes } from '@opencredits/protocol'
import { dayMs, hourMs } from '../kernel/clock.ts'
import { issuePartnerKey } from '../keys/issue-partner-key.ts'
import { listPartnerKeys } from '../keys/list-partner-keys.ts'
import { revokePartnerKey } from '../keys/revoke-partner-key.ts'
import { graceSecondsMax, rollPartnerKey } from '../keys/roll-partner-key.ts'
import { readWorldNowMs } from '../keys/world-time.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import { readName } from './partner-options.ts'
import { requirePartner, testOption } from './require-partner.ts'
import { print, withStore } from './with-store.ts'

const by = { actor: { kind: 'cli', id: null } } as const

const graceHoursMax = graceSecondsMax / 3600

export function partnerKeysCommand() {
  return new Command('keys')
    .description('restricted keys (oc_rk_…) by which an app’s server reads its usage and manages it')
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(rollCommand())
    .addCommand(revokeCommand())
}

function createCommand() {
  return new Command('create')
    .description('make a key; its secret is shown once')
    .argument('<partner>', 'par_…')
    .addOption(
      new Option('--scope <scope>', `what it may do; repeat for several: ${partnerScopes.join(', ')}`)
        .argParser(readScope)
        .makeOptionMandatory(),
    )
    .option('--name <name>', 'to tell it from others', readName, 'Restricted key')
    .option('--expires-in-days <days>', 'when it ends, 1 to 3650; default never', readDays)
    .option(...testOption)
    .option('--json', 'print JSON')
    .action(async (partnerId, { scope: scopes, name, expiresInDays, test, json }) => {
      const shown = await withStore(async (store) => {
        const { id, appId, livemode } = await requirePartner(store, partnerId, { test })
        const worldMs = await readWorldNowMs(clocked(store), { partnerId: id, livemode })
        const expiresAtMs = expiresInDays === undefined ? null : worldMs + expiresInDays * dayMs
        const key = { partnerId: id, livemode, name, scopes, expiresAtMs }
        const { keyId, secret } = await transact(store.db, (transaction) =>
          issuePartnerKey(transaction, { key, pepper: store.pepper, by }, store.nowMs),
        )
        const expiresAt = expiresAtMs === null ? null : new Date(expiresAtMs).toISOString()
        return { id: keyId, partner_id: appId, livemode, name, scopes, secret_key: secret, expires_at: expiresAt }
      })
      print(json, shown, [
        `key     ${shown.id}   ${shown.name}`,
        `secret  ${shown.secret_key}   (shown only now)`,
        `scopes  ${shown.scopes.join(', ')}`,
        `ends    ${shown.expires_at ?? 'never'}`,
      ])
    })
}

function listCommand() {
  return new Command('list')
    .description('an app’s keys, newest first')
    .argument('<partner>', 'par_…')
    .option(...testOption)
    .option('--json', 'print JSON')
    .action(async (partnerId, { test, json }) => {
      const keys = await withStore(async (store) =>
        listPartnerKeys(store.db, (await requirePartner(store, partnerId, { test })).id, store.nowMs),
      )
      print(
        json,
        keys,
        keys.length === 0
          ? ['The app has no restricted key.']
          : keys.map(
              (key) =>
                `${key.id}  ${test === true ? 'oc_rk_test_' : 'oc_rk_'}…${key.last_four}  ${key.status}  ${key.scopes.join(',')}  last used ${key.last_used_at ?? 'never'}, ends ${key.expires_at ?? 'never'}  ${key.name}`,
            ),
      )
    })
}

function rollCommand() {
  return new Command('roll')
    .description('give a key a new secret, shown once; the old one works on for a while')
    .argument('<partner>', 'par_…')
    .argument('<key>', 'key_…')
    .option(
      '--grace-hours <hours>',
      `how long the old secret works on, 0 to ${graceHoursMax}`,
      readGraceHours,
      graceHoursMax,
    )
    .option(...testOption)
    .option('--json', 'print JSON')
    .action(async (partnerId, keyId, { graceHours, test, json }) => {
      const shown = await withStore(async (store) => {
        const { id, appId, livemode } = await requirePartner(store, partnerId, { test })
        const roll = { partnerId: id, keyId, graceSeconds: graceHours * 3600, pepper: store.pepper, by }
        const { secret } = await transact(store.db, (transaction) => rollPartnerKey(transaction, roll, store.nowMs))
        const worldMs = await readWorldNowMs(clocked(store), { partnerId: id, livemode })
        const until = graceHours === 0 ? null : new Date(worldMs + graceHours * hourMs).toISOString()
        return { id: keyId, partner_id: appId, secret_key: secret, previous_secret_until: until }
      })
      print(json, shown, [
        `secret  ${shown.secret_key}   (shown only now)`,
        shown.previous_secret_until === null
          ? 'The old secret has ended.'
          : `The old secret works until ${shown.previous_secret_until}; --grace-hours 0 ends it at once.`,
      ])
    })
}

function revokeCommand() {
  return new Command('revoke')
    .description('end a key at once, for ever')
    .argument('<partner>', 'par_…')
    .argument('<key>', 'key_…')
    .option(...testOption)
    .option('--json', 'print JSON')
    .action(async (partnerId, keyId, { test, json }) => {
      const wasRevoked = await withStore(async (store) => {
        const revocation = { partnerId: (await requirePartner(store, partnerId, { test })).id, keyId, by }
        return transact(store.db, (transaction) => revokePartnerKey(transaction, revocation, store.nowMs))
      })
      print(json, { id: keyId, revoked: true, was_revoked: wasRevoked }, [
        wasRevoked ? `${keyId} was revoked before. Nothing has changed.` : `${keyId} is revoked.`,
      ])
    })
}

/** For what goes by the time of an app's world. */
function clocked({ db, nowMs }: { readonly db: DatabaseReader; readonly nowMs: number }) {
  return { db, clock: { nowMs: () => nowMs } }
}

function readScope(text: string, before: readonly PartnerScope[] | undefined): readonly PartnerScope[] {
  const scope = partnerScopes.find((one) => one === text)
  if (scope === undefined) throw new InvalidArgumentError(`Expected one of ${partnerScopes.join(', ')}.`)
  return [...(before ?? []), scope]
}

function readDays(text: string): number {
  return readWhole(text, 1, 3650)
}

function readGraceHours(text: string): number {
  return readWhole(text, 0, graceHoursMax)
}

function readWhole(text: string, min: number, max: number): number {
  const count = Number(text)
  if (!/^\d+$/.test(text) || count < min || count > max)
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`)
  return count
}
