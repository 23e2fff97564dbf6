import { request as httpRequest } from 'node:http'
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buyCredits, call, direct, until } from './api-client.ts'
import { type Caller, startCaller } from './caller.ts'
import { startProcessStack } from './process-stack.ts'

let caller: Caller

beforeAll(async () => {
  caller = await startCaller()
}, 60_000)

afterAll(() => caller.stack.close())

describe('GET /metrics', () => {
  it('counts calls by endpoint, provider, status and ending, with their money and tokens', async () => {
    await caller.chat('Hi [[sandbox: usage-input=1000 usage-output=100]]')
    await caller.message('Hi [[sandbox: usage-input=2000 usage-output=200]]')
    await caller.chat('Hi [[sandbox: status=500]]')
    await caller.chat('Hi [[sandbox: status=400]]')
    const figures = await scrape()
    const calls = (labels: string) => figures.get(`opencredits_calls_total{${labels},billed_to="credits"}`)
    const chat = 'endpoint="chat_completions",provider="openai"'
    expect(calls(`${chat},status="200",ending="completed"`)).toBe(1)
    expect(calls('endpoint="messages",provider="anthropic",status="200",ending="completed"')).toBe(1)
    const endings = [...figures].filter(([name]) => name.startsWith('opencredits_calls_total{') && name.includes(chat))
    expect(endings.map(([name]) => /ending="(\w+)"/.exec(name)?.[1]).toSorted()).toEqual([
      'completed',
      'upstream_error',
      'upstream_rejected',
    ])
    expect(figures.get('opencredits_call_tokens_total{provider="anthropic",bucket="input"}')).toBe(2000)
    // 2 000 in at USD 3 and 200 out at USD 15 a million are 0.9 credits, and a tenth of it is the partner's.
    expect(figures.get('opencredits_call_microcredits_total{provider="anthropic",part="provider_cost"}')).toBe(900_000)
    expect(figures.get('opencredits_call_microcredits_total{provider="anthropic",part="charge"}')).toBe(990_000)
    expect(figures.get('opencredits_account_balance_microcredits{account="operator:shortfall"}')).toBe(0)
  })

  it('tells how providers answer and how long they take', async () => {
    const figures = await scrape()
    expect(figures.get('opencredits_upstream_answers_total{provider="anthropic",status="200"}')).toBe(1)
    expect(figures.get('opencredits_upstream_failures_total{provider="openai",reason="status_500"}')).toBe(1)
    expect(figures.get('opencredits_upstream_failures_total{provider="openai",reason="status_400"}')).toBeUndefined()
    expect(figures.get('opencredits_upstream_first_byte_seconds_count{provider="openai"}')).toBe(3)
  })

  it('counts refusals and aliases under the endpoint’s right name, and unknown paths under none', async () => {
    await call(caller.stack, 'POST', '/chat/completions', { body: {} })
    await call(caller.stack, 'GET', '/v1/credits/requests/req_1', { key: caller.key })
    await call(caller.stack, 'GET', '/wp-login.php')
    const figures = await scrape()
    const count = (method: string, endpoint: string, status: number) =>
      figures.get(`opencredits_http_requests_total{method="${method}",endpoint="${endpoint}",status="${status}"}`)
    expect(count('POST', '/v1/chat/completions', 401)).toBe(1)
    expect(count('GET', '/v1/credits/requests/:id', 404)).toBe(1)
    expect(count('GET', 'other', 404)).toBe(1)
  })

  it('shows what is held while a call runs, and in flight', async () => {
    const response = await fetch(`${direct(caller.stack)}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-user-key': caller.key },
      body: JSON.stringify({
        model: 'gpt-4o',
        stream: true,
        max_tokens: 2000,
        messages: [{ role: 'user', content: 'Go on [[sandbox: tokens=600 delay=20]]' }],
      }),
    })
    // The store is read anew when what was read is five seconds old.
    await until(async () => (await scrape()).get('opencredits_holds_open') === 1)
    const figures = await scrape()
    expect(figures.get('opencredits_calls_in_flight')).toBe(1)
    expect(figures.get('opencredits_holds_held_microcredits')).toBeGreaterThan(0)
    expect(figures.get('opencredits_holds_expired')).toBe(0)
    // Nothing of it was read, so its provider may be read to the end, which takes 12 s.
    await response.body?.cancel()
    await until(async () => (await scrape()).get('opencredits_calls_in_flight') === 0)
    const endings = [...(await scrape()).keys()].filter((name) => name.includes('ending="client_gone"'))
    expect(endings).toHaveLength(1)
  })

  it('counts Stripe’s events, and tells the queues and the process', async () => {
    await buyCredits(caller.stack, caller.partner, 10)
    const figures = await scrape()
    const name = 'opencredits_stripe_events_total{type="checkout.session.completed",outcome="handled"}'
    expect(figures.get(name)).toBeGreaterThan(0)
    // From nothing to one is no rise to Prometheus, so an alarm has to start at 0.
    expect(figures.get(name.replace('handled', 'alarming'))).toBe(0)
    expect(figures.get('opencredits_calls_unresolved_total')).toBe(0)
    expect(figures.get('opencredits_webhook_deliveries_total{outcome="given_up"}')).toBe(0)
    expect(figures.get('opencredits_store_up')).toBe(1)
    expect(figures.get('opencredits_servers_live')).toBe(1)
    expect(figures.get('opencredits_ledger_transfers')).toBeGreaterThan(0)
    expect(figures.get('opencredits_stripe_events_parked')).toBe(0)
    expect(figures.get('opencredits_purchases_unsettled')).toBeDefined()
    expect(figures.get('nodejs_eventloop_lag_p99_seconds')).toBeDefined()
    expect(figures.get('process_resident_memory_bytes')).toBeGreaterThan(0)
  })

  it('holds no key, no user and no request id', async () => {
    const text = await (await fetch(`${direct(caller.stack)}/metrics`)).text()
    expect(text).not.toMatch(/oc_[sprk]+_|req_|usr_|par_/)
  })
})

describe('who may read /metrics', () => {
  it.each(['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'])(
    'without a token, a request that a proxy passed on (%s) finds nothing, as for any unknown path',
    async (header) => {
      const answer = await call(caller.stack, 'GET', '/metrics', { headers: { [header]: '127.0.0.1' } })
      const unknown = await call(caller.stack, 'GET', '/metricz', { headers: { [header]: '127.0.0.1' } })
      expect(answer.status).toBe(404)
      expect({ ...answer.body, error: withoutPath(answer.body) }).toEqual({
        ...unknown.body,
        error: withoutPath(unknown.body),
      })
    },
  )

  it('with a token only who has it, this machine or not', async () => {
    const stack = await startProcessStack({ METRICS_TOKEN: 'scraper-token-0123456789' })
    const statusWith = async (headers: Record<string, string>) =>
      (await call(stack, 'GET', '/metrics', { headers })).status
    expect(await statusWith({})).toBe(404)
    expect(await statusWith({ authorization: 'Bearer wrong' })).toBe(404)
    expect(await statusWith({ authorization: 'Bearer scraper-token-0123456780' })).toBe(404)
    expect(await statusWith({ authorization: 'Basic scraper-token-0123456789' })).toBe(404)
    const bearer = { authorization: 'Bearer scraper-token-0123456789' }
    expect(await statusWith({ ...bearer, 'x-forwarded-for': '203.0.113.9' })).toBe(200)
    await stack.close()
  })

  it('without a token, another address of the machine is another machine', async () => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((one) => one !== undefined && one.family === 'IPv4' && !one.internal)
    const stack = await startProcessStack({ HOST: '0.0.0.0' })
    const port = new URL(stack.url).port
    expect(await statusAt('127.0.0.1', port)).toBe(200)
    if (outside !== undefined) expect(await statusAt(outside.address, port)).toBe(404)
    await stack.close()
  })
})

async function scrape(): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${direct(caller.stack)}/metrics`)).text()
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(samples.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]))
}

function withoutPath(body: Record<string, unknown>): unknown {
  const error = { ...(body.error as Record<string, unknown>) }
  delete error.request_id
  return { ...error, message: String(error.message).replace(/metric[sz]/, '') }
}

function statusAt(host: string, port: string): Promise<number> {
  return new Promise((resolve, reject) => {
    httpRequest({ host, port, path: '/metrics' }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
      .on('error', reject)
      .end()
  })
}
