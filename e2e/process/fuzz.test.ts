import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { balanceOf, direct, verifyLedger } from './api-client.ts'
import { type Caller, startCaller } from './caller.ts'

/** Bodies that are wrong in every way, by the thousand: each gets an error of the contract, and nothing else happens. */
const bodiesEach = Number(process.env.FUZZ_BODIES ?? 4_000)
const atOnce = 32
let caller: Caller
let before: { readonly balance: number; readonly held: number }

beforeAll(async () => {
  caller = await startCaller({
    ...{ KEY_REQUESTS_PER_MINUTE: '10000000', ADDRESS_REQUESTS_PER_MINUTE: '10000000', LOG_LEVEL: 'error' },
  })
  before = await balanceOf(caller.stack, caller.key)
})
afterAll(async () => {
  expect(await balanceOf(caller.stack, caller.key)).toEqual(before)
  expect(verifyLedger(caller.stack)).toMatchObject({ ok: true, openHolds: 0 })
  await caller.stack.close()
})

function createDice(seed: number) {
  let state = seed
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  return {
    upTo: (most: number) => Math.floor(next() * most),
    pick: <T>(list: readonly T[]) => list[Math.floor(next() * list.length)] as T,
  }
}
type Dice = ReturnType<typeof createDice>

const hostile: readonly unknown[] = [
  ...[null, true, false, -1, 0, 1.5, 1e308, '', ' ', '\u0000', 'x'.repeat(5000), '💥', '__proto__', 'constructor'],
  ...[[], {}, [[]], [null], { type: 'text' }, { type: {} }, { __proto__: null }, [{ role: 'user' }], { length: 1e9 }],
  ...['oc_sk_x', 'data:image/png;base64,', '[[sandbox: hang]]', '../../etc/passwd', 'openai/gpt-4o', 'claude-sonnet-4'],
]

/** A good body, so that what is wrong can be anywhere in it. */
const good = {
  model: 'gpt-4o',
  max_tokens: 10,
  stream: false,
  system: [{ type: 'text', text: 'Be kind.', cache_control: { type: 'ephemeral' } }],
  messages: [
    { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
    {
      role: 'assistant',
      content: 'Yes',
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'a', content: 'Done' },
  ],
  input: [
    { role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
    { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' },
  ],
  tools: [{ type: 'function', name: 'f', function: { name: 'f', parameters: {} }, parameters: {}, input_schema: {} }],
  tool_choice: { type: 'function', function: { name: 'f' } },
  thinking: { type: 'enabled', budget_tokens: 1024 },
  text: { format: { type: 'json_schema', name: 'a', schema: {} } },
  response_format: { type: 'json_schema', json_schema: { name: 'a', schema: {} } },
  reasoning: { effort: 'high' },
}

/** Puts something hostile in one place; a field that a body needs, so that it can never be served. */
function malformed(dice: Dice): string | Buffer {
  const body = structuredClone(good) as Record<string, unknown>
  body.model = dice.pick(['gpt-4o', 'claude-sonnet-4', 'gemini-2.5-pro', 'no-such-model'])
  for (let times = 1 + dice.upTo(3); times > 0; times -= 1) place(dice, body)
  // Never a body that could be served: who asks for more than 128 answers or less than one token asks for nothing.
  Object.assign(
    body,
    dice.pick([{ max_tokens: -1, max_output_tokens: -1, input: null }, { messages: 5, input: 5 }, { model: null }]),
  )
  const text = JSON.stringify(body)
  const kind = dice.upTo(12)
  if (kind === 0) return text.slice(0, dice.upTo(text.length))
  if (kind === 1) return Buffer.from(text).fill(dice.upTo(256), dice.upTo(text.length))
  if (kind === 2) return `${'['.repeat(dice.upTo(20_000))}`
  if (kind === 3) return JSON.stringify(dice.pick(hostile))
  return text
}

function place(dice: Dice, root: Record<string, unknown>): void {
  let at: Record<string, unknown> = root
  for (let depth = 0; depth < 6; depth += 1) {
    const name = dice.pick(Object.keys(at))
    const inner = at[name]
    if (typeof inner !== 'object' || inner === null || Object.keys(inner).length === 0 || dice.upTo(3) === 0) {
      at[name] = structuredClone(dice.pick(hostile))
      return
    }
    at = inner as Record<string, unknown>
  }
}

describe.each([
  ['/v1/chat/completions', 1],
  ['/v1/responses', 2],
  ['/v1/messages', 3],
  ['/v1/messages/count_tokens', 4],
  ['/v1/embeddings', 5],
] as const)('%s', (path, seed) => {
  it(`answers ${bodiesEach} malformed bodies with an error of the contract`, async () => {
    const dice = createDice(seed)
    const statuses = new Map<number, number>()
    let sent = 0
    const work = async () => {
      while (sent < bodiesEach) {
        sent += 1
        const body = malformed(dice)
        const response = await fetch(`${direct(caller.stack)}${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-user-key': caller.key },
          body: typeof body === 'string' ? body : new Uint8Array(body),
          signal: AbortSignal.timeout(20_000),
        })
        const answer = (await response.json()) as {
          readonly error?: { readonly message?: unknown; readonly type?: unknown }
        }
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1)
        const isContract = typeof answer.error?.message === 'string' && typeof answer.error.type === 'string'
        if (![400, 404, 413].includes(response.status) || !isContract)
          throw new Error(
            `${response.status} ${JSON.stringify(answer).slice(0, 300)} for ${String(body).slice(0, 600)}`,
          )
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work))
    expect(statuses.get(400) ?? 0).toBeGreaterThan(bodiesEach / 2)
  }, 240_000)
})
