import { call, until } from './api-client.ts'
import type { Asked, Scene } from './authorisation-cells.ts'
import type { Cast } from './cast.ts'

/** Bodies that make a batch, and one that does not. */
export const aBatch = {
  requests: [
    {
      custom_id: 'one',
      params: { model: 'claude-sonnet-4', max_tokens: 5, messages: [{ role: 'user', content: 'Hi' }] },
    },
  ],
}

export const aFileBatch = { input_file_id: 'file_none', endpoint: '/v1/chat/completions', completion_window: '24h' }
const batchesOfCasts = new WeakMap<Cast, Promise<Asked>>()

/** A batch that the app's key has made, and that is over; one for all roles, since only its owner can change it. */
export function batchOfApp(scene: Scene): Promise<Asked> {
  const made = batchesOfCasts.get(scene.cast) ?? makeBatch(scene)
  batchesOfCasts.set(scene.cast, made)
  return made
}

async function makeBatch({ stack, cast }: Scene): Promise<Asked> {
  const headers = cast.headers.appKey
  const { body } = await call(stack, 'POST', '/v1/messages/batches', { headers, body: aBatch })
  await until(async () => (await call(stack, 'GET', '/v1/credits/balance', { headers })).body.held === 0)
  return { id: String(body.id) }
}
