import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { JsonStructure } from '../http/json-structure.ts'
import { RequestBody } from '../http/request-body.ts'
import type { KeptResponses } from '../kept/kept-responses.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'
import { newSecret } from '../keys/key-format.ts'
import { createPepper } from '../keys/pepper.ts'
import { createCatalogue } from '../pricing/catalogue.ts'
import { noOperatorModels } from '../pricing/operator-models.ts'
import { openaiResponses } from '../wires/openai-responses/index.ts'
import type { Item } from '../wires/wire.ts'
import { recall } from './recall.ts'
import { createRequestRoom } from './request-room.ts'

const megabyte = 1024 * 1024
const model = createCatalogue(noOperatorModels, Date.parse('2026-11-20')).find('gpt-5')
if (model === null) throw new Error('no gpt-5')

/** A store that says how large its answer is, and then has none. */
function keptOf(size: { readonly bytes?: number; readonly nodes?: number; readonly isOn?: boolean }): KeptResponses {
  return {
    isOn: size.isOn ?? true,
    keep: () => {},
    find: async () => null,
    async findConversation(_owner, _id, limits) {
      limits.take(size.bytes ?? 0, size.nodes ?? 0)
      return []
    },
    findItems: async () => new Map(),
    forget: async () => false,
    finish: async () => {},
  }
}

const key: AuthenticatedKey = {
  ...{ keyId: 'key_1', userId: 'usr_1', partnerId: 'par_1', livemode: true, budget: null, requestsPerMinute: null },
  ...{ source: 'checkout', budgetId: 'key_1', guestBudgetId: null, isGuest: true },
  ...{ models: null, isMarked: false, pseudonym: 'ocu_1', wasFunded: true, readAtMs: 0 },
}

async function recalled(body: object, kept: KeptResponses) {
  const request = new IncomingMessage(new Socket())
  request.headers['x-user-key'] = newSecret('sk', true)
  const bytes = Buffer.from(JSON.stringify({ model: 'gpt-5', input: 'Hi', ...body }))
  const structure = new JsonStructure()
  structure.follow(bytes, 0)
  const taken: number[] = []
  const whole = new RequestBody(bytes, structure, { grow: (total) => void taken.push(total), release: () => {} })
  const sent = whole.takeObject()
  const asked = openaiResponses.parseRequest(sent)
  const pepper = createPepper('p'.repeat(32))
  const outcome = await recall({ kept, pepper }, openaiResponses, asked, {
    ...{ request, sent, room: createRequestRoom(whole), files: { bring: async (found: Item) => found } },
    key,
    model: model ?? never(),
  })
  return { ...outcome, taken, length: whole.length }
}

function never(): never {
  throw new Error('unreachable')
}

describe('recall', () => {
  it('leaves a request alone that keeps nothing and names nothing', async () => {
    expect(await recalled({ store: false }, keptOf({}))).toMatchObject({ memory: null, taken: [] })
    expect((await recalled({}, keptOf({}))).memory).not.toBeNull()
  })

  it('takes room for what comes back', async () => {
    const { taken, length } = await recalled({ previous_response_id: 'resp_1' }, keptOf({ bytes: 5 * megabyte }))
    expect(taken).toEqual([length + 5 * megabyte])
  })

  it('refuses more names than anybody needs, before the store is asked', async () => {
    const input = Array.from({ length: 5_001 }, (_, index) => ({ type: 'item_reference', id: `msg_${index}` }))
    await expect(recalled({ input }, keptOf({}))).rejects.toMatchObject({ status: 400, param: 'input' })
    await expect(recalled({ input: input.map(() => input[0]) }, keptOf({}))).rejects.toThrow("'msg_0' not found")
  })

  it.each([
    ['bytes', { bytes: 50 * megabyte }],
    ['values', { nodes: 200_000 }],
  ])('refuses more %s than a request may have', async (_what, size) => {
    const refused = recalled({ previous_response_id: 'resp_1' }, keptOf(size))
    await expect(refused).rejects.toMatchObject({
      status: 413,
      message: expect.stringContaining('larger than one may be'),
    })
  })

  it.each([
    [{ previous_response_id: 'resp_1' }, 'previous_response_id'],
    [{ input: [{ type: 'item_reference', id: 'msg_1' }] }, 'input'],
  ])('says that nothing is kept where the operator has switched it off: %j', async (body, param) => {
    const refused = recalled(body, keptOf({ isOn: false }))
    await expect(refused).rejects.toMatchObject({ status: 400, param, message: expect.stringContaining('KEPT=off') })
    expect(await recalled({ store: true }, keptOf({ isOn: false }))).toMatchObject({ memory: null })
  })
})
