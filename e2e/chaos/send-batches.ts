import { setTimeout as wait } from 'node:timers/promises'
import type { SeededRandom } from './seeded-random.ts'
import type { Shop } from './shop.ts'

/** Every ending that a request of a batch may have; those without a word of it succeed. */
const endings = ['', '', '', 'batch:errored', 'batch:expired', 'batch:canceled', 'cache-read=40', 'cache-write-5m=70']
const batchesPerUser = 3

/** Makes batches one after the other, and asks for none of them again. Which of them the provider has it knows itself. */
export async function sendBatches(shop: Shop, userKey: string, random: SeededRandom): Promise<void> {
  for (let batch = 0; batch < batchesPerUser; batch += 1) {
    await wait(random.int(0, 1500))
    await shop.someServerUp()
    const plan = { isLineDoubled: random.chance(0.5), isReshuffled: true, endsAfterMs: random.int(0, 1500) }
    await shop.sandbox.providers.control.planBatches({ ...plan, isCreateAnswerLost: random.chance(0.2) }, 1)
    const requests = Array.from({ length: random.int(1, 60) }, (_, at) => ({
      custom_id: `chaos-${at}`,
      params: {
        ...{ model: 'anthropic/claude-sonnet-4-20250514', max_tokens: 50 },
        messages: [{ role: 'user', content: `[[sandbox: tokens=${random.int(1, 40)} ${random.pick(endings)}]]` }],
      },
    }))
    // Whether its sender is told of it or not, a batch that the provider has is paid, and one that it has not is not.
    await fetch(`${shop.anyServer().url}/v1/messages/batches`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-user-key': userKey },
      body: JSON.stringify({ requests }),
      signal: AbortSignal.timeout(15_000),
    })
      .then((response) => response.text())
      .catch(() => null)
  }
}
