import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { balanceOf, direct, until, verifyLedger } from './api-client.ts'
import { type Caller, startCaller } from './caller.ts'

let caller: Caller

beforeAll(async () => {
  caller = await startCaller()
})
afterAll(async () => {
  expect(verifyLedger(caller.stack)).toMatchObject({ ok: true })
  await caller.stack.close()
})

function grant(email: string, credits: number): { readonly user_key: string; readonly balance: number } {
  return JSON.parse(
    caller.stack.cli(
      ...['credits', 'grant', '--user', email, '--credits', String(credits), '--partner', caller.partner.id, '--json'],
    ),
  )
}

async function stream(path: string, key: string, body: object) {
  const response = await fetch(`${direct(caller.stack)}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': key, 'anthropic-version': '2023-06-01' },
    body: JSON.stringify({ stream: true, ...body }),
  })
  return { status: response.status, id: response.headers.get('request-id'), text: await response.text() }
}

/** As Claude Code asks: a long prompt with a cache mark, and 128 000 tokens of output, whatever it needs of them. */
const asClaudeCode = (tokens: number, more = '') => ({
  model: 'claude-opus-5-5',
  max_tokens: 128_000,
  thinking: { type: 'adaptive', display: 'omitted' },
  system: [{ type: 'text', text: 'You are an agent. '.repeat(2800), cache_control: { type: 'ephemeral' } }],
  messages: [{ role: 'user', content: `Go [[sandbox: tokens=${tokens} reasoning=0 ${more}]]` }],
})

interface Dry {
  readonly tokens: { readonly output: number }
  readonly max_tokens: { readonly sent: number }
}

describe('holds in steps', () => {
  it('ten streams that ask for 128 000 tokens run side by side on 300 credits', async () => {
    const { user_key: key } = grant('ten@example.com', 300)
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        stream('/v1/messages?beta=true', key, asClaudeCode(300, 'think-unseen=350 speed=130')),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200))
    for (const { text } of answers) expect(text).toContain('"stop_reason":"end_turn"')
    expect((await balanceOf(caller.stack, key)).held).toBe(0)
  })

  it('ten streams that are never done run while credits last; each then ends cleanly, and none goes below zero', async () => {
    const { user_key: key } = grant('dry@example.com', 300)
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => stream('/v1/messages?beta=true', key, asClaudeCode(60_000))),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200))
    const records = await Promise.all(answers.map(({ id }) => caller.record(id, key)))
    const dry = answers.filter((_, index) => records[index]?.ending === 'credits_exhausted')
    expect(dry.length).toBeGreaterThan(0)
    for (const { text } of dry) {
      expect(
        text
          .trimEnd()
          .split('\n\n')
          .slice(-4)
          .map((event) => event.split('\n')[0]),
      ).toEqual([
        expect.stringMatching(/^: opencredits-max-tokens \d+$/),
        'event: content_block_stop',
        'event: message_delta',
        'event: message_stop',
      ])
      expect(text).toContain('"stop_reason":"max_tokens"')
    }
    const { balance, held } = await balanceOf(caller.stack, key)
    expect(held).toBe(0)
    expect(balance).toBeGreaterThanOrEqual(0)
    expect(balance).toBeLessThan(150)
    await until(async () => (await caller.calls()).every(({ endedAtMs }) => endedAtMs !== null))
  }, 120_000)

  it('holds more as an answer grows, and charges it whole', async () => {
    const { user_key: key } = grant('long@example.com', 300)
    const answer = await stream('/v1/messages', key, asClaudeCode(9000))
    expect(await caller.record(answer.id, key)).toMatchObject({
      ending: 'completed',
      estimated: false,
      tokens: { output: 9000 },
      paid_by_operator: 0,
    })
  })

  it.each([
    ['/v1/chat/completions', 'gpt-4o', /"finish_reason":"length".*data: \[DONE\]\s*$/s],
    ['/v1/responses', 'gpt-4o', /event: response\.incomplete\ndata: .*"reason":"max_output_tokens".*\s*$/s],
    ['/v1/chat/completions', 'claude-sonnet-4', /"finish_reason":"length".*data: \[DONE\]\s*$/s],
    ['/v1/responses', 'claude-sonnet-4', /event: response\.incomplete\ndata: .*"reason":"max_output_tokens".*\s*$/s],
    ['/v1/messages', 'gpt-4o', /"stop_reason":"max_tokens".*event: message_stop\ndata: .*\s*$/s],
  ])('%s of %s ends as at its limit when another call has taken the credits', async (path, model, end) => {
    const { user_key: key } = grant(`${model}${path.replaceAll('/', '-')}@example.com`, 12)
    const question = 'Go [[sandbox: tokens=12000]]'
    const body = {
      model,
      ...(path === '/v1/responses' ? { input: question } : { messages: [{ role: 'user', content: question }] }),
      ...(path === '/v1/messages' ? { max_tokens: 16_000 } : {}),
    }
    const [one, other] = await Promise.all([stream(path, key, body), stream(path, key, body)])
    const records = await Promise.all([one, other].map(({ id }) => caller.record(id, key)))
    const dry = [one, other].filter((_, index) => records[index]?.ending === 'credits_exhausted')
    expect(dry.length).toBeGreaterThan(0)
    for (const { text } of dry) expect(text).toMatch(end)
    // What could still be held was used: the guess that is made on the way would have stopped at half of it.
    for (const { tokens, max_tokens } of records.filter(
      ({ ending }) => ending === 'credits_exhausted',
    ) as unknown as Dry[])
      expect(tokens.output / max_tokens.sent).toBeGreaterThan(0.8)
    expect(await balanceOf(caller.stack, key)).toMatchObject({ held: 0 })
    expect((await balanceOf(caller.stack, key)).balance).toBeGreaterThanOrEqual(0)
  })
})
