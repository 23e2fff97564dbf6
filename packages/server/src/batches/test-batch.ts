import type { Upstreams } from '../gateway/forward.ts'
import type { Clock } from '../kernel/clock.ts'
import { microcredits } from '../kernel/microcredits.ts'
import { batchCatalogueOf } from '../pricing/batch-catalogue.ts'
import type { Model } from '../pricing/catalogue.ts'
import type { Database } from '../store/open-database.ts'
import { openBatch } from './open-batch.ts'

const unused = () => Promise.reject(new Error('nobody is asked'))

/** For tests that only read what a provider has said. */
export const unusedUpstreams: Upstreams = {
  ...{ isConfigured: () => true, forward: unused, ask: unused, forwardOwn: unused, close: unused },
  ...{ keysOf: () => [], keysInTurn: () => [], manage: unused },
}

interface TestBatch {
  readonly id: string
  readonly clock: Clock
  readonly model: Model
  /** What each of its requests holds, in microcredits. */
  readonly holds: readonly number[]
}

/** Opens a batch of user U1 in app P1 (`ledger/test-ledger.ts`), as if it had been sent. */
export async function openTestBatch(db: Database, { id, clock, model, holds }: TestBatch): Promise<void> {
  const [offered] = batchCatalogueOf({ models: [model], find: () => model }).models
  if (offered === undefined) throw new Error(`${model.id} has no price in batches`)
  const limits = { requestsMax: 100, openPerUserMax: 10, pollMs: 1 }
  await openBatch(
    { db, clock, batchLimits: limits, publicUrl: 'http://here' },
    {
      ...{ batchId: id, kind: 'messages', provider: 'anthropic', providerKeyHash: 'hash', details: '{}' },
      ...{ shareBasisPoints: 1000, feeBasisPoints: 0 },
      key: {
        userId: 'U1',
        partnerId: 'P1',
        livemode: true,
        keyId: 'K1',
        budget: null,
        guestBudgetId: null,
        budgetId: 'K1',
      },
      items: holds.map((hold, position) => ({
        ...{ position, customId: `mine-${position}`, model: offered, price: offered.price, upstreamBody: {} },
        ...{ likelyInputTokens: 10, maxTokens: 1000, holdMicrocredits: microcredits(hold) },
      })),
    },
  )
}
