import { readFileSync } from 'node:fs'
import { type Dispatcher, Pool } from 'undici'

/**
 * The load, in a process of its own: `saturate` (as many as go), `pace` (a fixed rate by the clock, whatever the answers
 * do: a late answer makes the next one no later), `streams` (so many at once). Reads its order from a file, and prints one
 * line of JSON.
 */
interface Order {
  readonly mode: 'saturate' | 'pace' | 'streams'
  readonly urls: readonly string[]
  readonly headers: readonly Record<string, string>[]
  readonly seconds: number
  readonly connections: number
  readonly perSecond: number
  readonly promptBytes: number
  readonly asks: 'chat' | 'responses' | 'unkept responses'
}

/** Until the code that is measured has been compiled for its speed. */
const warmUpMs = 4000
const order = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Order
const pools = order.urls.map((url) => new Pool(url, { connections: order.connections, pipelining: 1 }))
const words = 'Say hello to me, please, in one short sentence. '
const prompt = words.repeat(Math.max(1, Math.round(order.promptBytes / words.length)))
const isChat = order.asks === 'chat'
const path = isChat ? '/v1/chat/completions' : '/v1/responses'
const lastEvent = isChat ? '[DONE]' : 'response.completed'
const body = JSON.stringify({
  model: 'gpt-4o',
  ...(isChat
    ? { max_tokens: 100, messages: [{ role: 'user', content: prompt }] }
    : { max_output_tokens: 100, input: prompt }),
  ...(order.asks === 'unkept responses' ? { store: false } : {}),
  ...(order.mode === 'streams' ? { stream: true } : {}),
})
let sent = 0
let failed = 0

function send(): Promise<Dispatcher.ResponseData> {
  sent += 1
  const pool = pools[sent % pools.length] as Pool
  const headers = { 'content-type': 'application/json', ...order.headers[sent % order.headers.length] }
  return pool.request({ path, method: 'POST', headers, body })
}

async function call(): Promise<void> {
  try {
    const answer = await send()
    const text = await answer.body.text()
    if (answer.statusCode !== 200 || text.length < 50) failed += 1
  } catch {
    failed += 1
  }
}

async function saturate(): Promise<object> {
  let isOver = false
  let done = 0
  const work = async () => {
    while (!isOver) {
      await call()
      done += 1
    }
  }
  const workers = Array.from({ length: order.connections }, work)
  await new Promise((wait) => setTimeout(wait, warmUpMs))
  const from = { done, atMs: performance.now() }
  await new Promise((wait) => setTimeout(wait, order.seconds * 1000))
  const perSecond = ((done - from.done) * 1000) / (performance.now() - from.atMs)
  isOver = true
  await Promise.all(workers)
  return { perSecond }
}

async function pace(): Promise<object> {
  const latencies: number[] = []
  const pending: Promise<void>[] = []
  const startMs = performance.now()
  const total = order.perSecond * order.seconds
  for (let index = 0; index < total; ) {
    const dueMs = startMs + (index * 1000) / order.perSecond
    const waitMs = dueMs - performance.now()
    if (waitMs > 0.5) {
      await new Promise((wait) => setTimeout(wait, waitMs))
      continue
    }
    index += 1
    pending.push(call().then(() => void latencies.push(performance.now() - dueMs)))
  }
  await Promise.all(pending)
  return quantiles(latencies.slice(order.perSecond))
}

async function streams(): Promise<object> {
  const firsts: number[] = []
  const totals: number[] = []
  const one = async () => {
    const startMs = performance.now()
    try {
      const answer = await send()
      let hasBegun = false
      let text = ''
      for await (const part of answer.body) {
        if (!hasBegun) firsts.push(performance.now() - startMs)
        hasBegun = true
        text += (part as Buffer).toString('utf8')
      }
      if (answer.statusCode !== 200 || !text.includes(lastEvent)) failed += 1
      totals.push(performance.now() - startMs)
    } catch {
      failed += 1
    }
  }
  await Promise.all(Array.from({ length: order.connections }, one))
  return { first: quantiles(firsts), total: quantiles(totals) }
}

function quantiles(values: readonly number[]): { p50: number; p99: number } {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  return { p50: at(0.5), p99: at(0.99) }
}

const result = await { saturate, pace, streams }[order.mode]()
console.log(JSON.stringify({ ...result, sent, failed }))
process.exit(0)
