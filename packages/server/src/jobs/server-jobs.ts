import { forgetOldAnswers } from '../checkout/idempotent-answer.ts'
import { type LateLookUpDeps, lookUpLatePurchases } from '../checkout/look-up-late.ts'
import type { OpenCounter } from '../checkout/open-counter.ts'
import { replayParkedEvents } from '../checkout/stripe/replay-parked-events.ts'
import { markProgress } from '../gateway/progress-marks.ts'
import { dayMs } from '../kernel/clock.ts'
import type { KeyUses } from '../keys/key-uses.ts'
import { rollUpAccounts } from '../ledger/roll-up.ts'
import type { Observations } from '../partners/observations.ts'
import type { LiveCatalogue } from '../pricing/live-catalogue.ts'
import { deliverWebhooks, type WebhookJobDeps } from './deliver-webhooks.ts'
import { forgetOldRequests, type RetentionDeps } from './forget-old-requests.ts'
import { forgetOldResponses, type KeptRetentionDeps } from './forget-old-responses.ts'
import { beat } from './heartbeat.ts'
import { createPurge } from './purge.ts'
import { type FilePurgeDeps, purgeFiles, sweepFiles } from './purge-files.ts'
import { type AbandonedHoldsDeps, createEarlierLooks, resolveAbandonedHolds } from './resolve-abandoned-holds.ts'
import { rollUpPartners } from './roll-up-partners.ts'
import type { Job } from './run-jobs.ts'
import { type MailJobDeps, sendMails } from './send-mails.ts'
import { watchFunds } from './watch-funds.ts'

type ServerJobsDeps = LateLookUpDeps &
  Omit<AbandonedHoldsDeps, 'looks' | 'isRunning'> &
  Parameters<typeof replayParkedEvents>[0] &
  RetentionDeps &
  MailJobDeps &
  WebhookJobDeps &
  KeptRetentionDeps &
  FilePurgeDeps & {
    readonly catalogue: LiveCatalogue
    readonly keyUses: Pick<KeyUses, 'write'>
    readonly observations: Pick<Observations, 'write'>
    readonly openCounter: Pick<OpenCounter, 'write'>
  }

/** Everything that happens without being asked for. */
export function serverJobs(deps: ServerJobsDeps): readonly Job[] {
  const { db, clock, catalogue } = deps
  const isRunning = (holdId: string) => [...deps.inFlight.calls].some(({ requestId }) => requestId === holdId)
  const purge = createPurge(deps)
  const abandoned = { ...deps, looks: createEarlierLooks(), isRunning }
  return [
    { name: 'heartbeat', everyMs: 3_000, run: () => beat(db, deps.self, clock.nowMs()) },
    { name: 'progress marks', everyMs: 2_000, run: () => markProgress(db, deps.inFlight) },
    {
      name: 'abandoned holds',
      everyMs: 5_000,
      run: async () => void (await resolveAbandonedHolds(abandoned, clock.nowMs())),
    },
    { name: 'late purchases', everyMs: 30_000, run: () => lookUpLatePurchases(deps) },
    { name: 'parked events', everyMs: 15_000, run: () => replayParkedEvents(deps) },
    { name: 'key uses', everyMs: 2_000, run: () => deps.keyUses.write() },
    { name: 'observations', everyMs: 1_000, run: () => deps.observations.write() },
    { name: 'checkout opens', everyMs: 5_000, run: () => deps.openCounter.write() },
    { name: 'roll-ups', everyMs: 10_000, run: () => rollUpAccounts(db, clock.nowMs()) },
    { name: 'partner roll-ups', everyMs: 60_000, run: () => rollUpPartners(deps) },
    { name: 'old requests', everyMs: 60_000, run: async () => void (await forgetOldRequests(deps)) },
    { name: 'kept responses', everyMs: 600_000, run: async () => void (await forgetOldResponses(deps)) },
    { name: 'files', everyMs: 600_000, run: async () => void (await purgeFiles(deps)) },
    { name: 'stray files', everyMs: 3_600_000, run: async () => void (await sweepFiles(deps)) },
    { name: 'prices', everyMs: () => catalogue.untilDueMs(), run: async () => catalogue.reevaluate() },
    { name: 'funds', everyMs: 5_000, run: () => watchFunds(deps) },
    { name: 'mails', everyMs: 2_000, run: () => sendMails(deps) },
    { name: 'webhooks', everyMs: 1_000, run: () => deliverWebhooks(deps) },
    { name: 'purge', everyMs: 3_600_000, run: async () => void (await purge()) },
    { name: 'old answers', everyMs: 3_600_000, run: () => forgetOldAnswers(db, clock.nowMs() - dayMs) },
  ]
}
