import type { Migration } from 'kysely/migration'
import { initialMigration } from './001-initial.ts'
import { growthMigration } from './002-growth.ts'
import { leanCallsMigration } from './003-lean-calls.ts'
import { missedCeilingsMigration } from './004-missed-ceilings.ts'
import { modelRunsMigration } from './005-model-runs.ts'
import { checkoutMigration } from './006-checkout.ts'
import { allowLocalhostMigration } from './007-allow-localhost.ts'
import { peopleMigration } from './008-people.ts'
import { keptMigration } from './009-kept.ts'
import { devicesMigration } from './010-devices.ts'
import { scopesMigration } from './011-scopes.ts'
import { accountMigration } from './012-account.ts'
import { mailsMigration } from './013-mails.ts'
import { filesMigration } from './014-files.ts'
import { batchesMigration } from './015-batches.ts'
import { guestMovesMigration } from './016-guest-moves.ts'
import { guestBudgetsMigration } from './017-guest-budgets.ts'
import { passkeySessionsMigration } from './018-passkey-sessions.ts'
import { partnerKeysMigration } from './019-partner-keys.ts'
import { partnerFiguresMigration } from './020-partner-figures.ts'
import { webhooksMigration } from './021-webhooks.ts'
import { paymentTurnsMigration } from './024-payment-turns.ts'
import { worldsMigration } from './025-worlds.ts'
import { testWorldMigration } from './026-test-world.ts'
import { membersMigration } from './027-members.ts'
import { appDeskMigration } from './028-app-desk.ts'
import { setupMigration } from './029-setup.ts'
import { figuresMigration } from './030-figures.ts'

/** All migrations in order, for one engine. Append only; a released migration is never edited. */
export function migrationsFor(engine: 'sqlite' | 'postgres'): Record<string, Migration> {
  return {
    '001-initial': initialMigration(engine),
    '002-growth': growthMigration,
    '003-lean-calls': leanCallsMigration(engine),
    '004-missed-ceilings': missedCeilingsMigration(engine),
    '005-model-runs': modelRunsMigration,
    '006-checkout': checkoutMigration,
    '007-allow-localhost': allowLocalhostMigration,
    '008-people': peopleMigration(engine),
    '009-kept': keptMigration(engine),
    '010-devices': devicesMigration,
    '011-scopes': scopesMigration(engine),
    '012-account': accountMigration,
    '013-mails': mailsMigration,
    '014-files': filesMigration(engine),
    '015-batches': batchesMigration(engine),
    '016-guest-moves': guestMovesMigration,
    '017-guest-budgets': guestBudgetsMigration,
    '018-passkey-sessions': passkeySessionsMigration,
    '019-partner-keys': partnerKeysMigration,
    '020-partner-figures': partnerFiguresMigration(engine),
    '021-webhooks': webhooksMigration(engine),
    '024-payment-turns': paymentTurnsMigration,
    '025-worlds': worldsMigration(engine),
    '026-test-world': testWorldMigration,
    '027-members': membersMigration(engine),
    '028-app-desk': appDeskMigration(engine),
    '029-setup': setupMigration,
    '030-figures': figuresMigration(engine),
  }
}
