import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { createDatabase } from '../e2e/stack.ts'
import { startPostgres } from '../e2e/start-postgres.ts'
import { buildSdkIfStale } from '../tools/build-sdk.ts'
import {
  type Contender,
  type Installed,
  proveBooks,
  root,
  startOpenCredits,
  startPortkey,
  startProxy,
} from './contenders.ts'
import { type Effort, type Figures, measure, medianOf } from './figures.ts'
import { measureGrowth } from './growth.ts'
import { measurePages } from './pages.ts'
import { machine, startPinned, untilListening } from './pinned-process.ts'
import { type Results, writeReport } from './report.ts'
import { measureSlowPages } from './slow-pages.ts'

/**
 * `npm run bench`: all contenders side by side in one run, in alternating rounds.
 * `--quick` a few seconds for each · `--rounds=N` · `--only=NAME` (part of a name, several times) · `--write` the report ·
 * `--before=FOLDER` a checkout of an older version, installed, to be measured beside this one.
 */
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', multiple: true, default: [] },
    write: { type: 'boolean', default: false },
    before: { type: 'string' },
  },
})
const effort: Effort = values.quick ? { seconds: 2, streams: [100] } : { seconds: 6, streams: [100, 500] }
const rounds = values.quick ? 1 : Number(values.rounds)
const upstreamPort = 9701

buildSdkIfStale()
const upstreamEnvironment = { PATH: process.env.PATH ?? '', PORT: String(upstreamPort) }
const upstream = startPinned(
  'other',
  [process.execPath, join(import.meta.dirname, 'fake-upstream.ts')],
  upstreamEnvironment,
  root,
)
await untilListening(upstreamPort)
const postgres = await startPostgres()

type Started = Contender & Partial<Installed>
const makers: readonly { readonly name: string; start(name: string): Promise<Started> }[] = [
  {
    name: 'direct',
    start: async (name) => ({
      ...{ name, isBilling: false, headers: [{}], processes: [upstream] },
      urls: [`http://127.0.0.1:${upstreamPort}`],
    }),
  },
  { name: 'bare Node', start: (name) => startProxy(name, 'bare-proxy.ts', 9702, upstreamPort) },
  { name: 'Express + undici', start: (name) => startProxy(name, 'express-proxy.ts', 9703, upstreamPort) },
  { name: 'Portkey', start: () => startPortkey(9704, upstreamPort) },
  { name: 'OpenCredits, SQLite', start: (name) => startOpenCredits(name, { ports: [9705], upstreamPort }) },
  {
    name: 'OpenCredits, PostgreSQL',
    start: async (name) =>
      startOpenCredits(name, { ports: [9706], upstreamPort, databaseUrl: await createDatabase(postgres.url) }),
  },
  {
    name: 'OpenCredits, PostgreSQL, two processes',
    start: async (name) =>
      startOpenCredits(name, { ports: [9707, 9708], upstreamPort, databaseUrl: await createDatabase(postgres.url) }),
  },
  {
    name: 'OpenCredits, SQLite, Responses',
    start: (name) => startOpenCredits(name, { ports: [9709], upstreamPort, asks: 'responses' }),
  },
  {
    name: 'OpenCredits, SQLite, Responses, store: false',
    start: (name) => startOpenCredits(name, { ports: [9710], upstreamPort, asks: 'unkept responses' }),
  },
  ...(values.before === undefined ? [] : makersBefore(resolve(values.before))),
]
const wanted = makers.filter(
  ({ name }) => values.only.length === 0 || values.only.some((part) => name.toLowerCase().includes(part.toLowerCase())),
)
const contenders: Started[] = []
for (const { name, start } of wanted) {
  const contender = await start(name)
  contenders.push(contender)
  pause(contender)
}

/** The older version on both engines, named so that `--only` finds it with its successor. */
function makersBefore(checkout: string): typeof makers {
  return [
    {
      name: 'OpenCredits, SQLite, before',
      start: (name) => startOpenCredits(name, { ports: [9721], upstreamPort, checkout }),
    },
    {
      name: 'OpenCredits, PostgreSQL, before',
      start: async (name) => {
        const databaseUrl = await createDatabase(postgres.url)
        return startOpenCredits(name, { ports: [9722], upstreamPort, databaseUrl, checkout })
      },
    },
  ]
}

/** What is not measured takes no time from what is. */
function pause({ processes }: Contender): void {
  for (const one of processes) if (one !== upstream) one.pause()
}

function resume({ processes }: Contender): void {
  for (const one of processes) one.resume()
}

const measured = new Map<string, Figures[]>(contenders.map(({ name }) => [name, []]))
for (let round = 1; round <= rounds; round += 1) {
  for (const contender of contenders) {
    resume(contender)
    const figures = await measure(contender, effort)
    pause(contender)
    measured.get(contender.name)?.push(figures)
    console.error(
      `round ${round}, ${contender.name}: ${Math.round(figures.perSecond)} requests/s, ${figures.failed} failed`,
    )
  }
}
const billing = contenders.flatMap(({ environment, checkout }) =>
  environment === undefined || checkout === undefined ? [] : [{ environment, checkout }],
)
for (const contender of contenders) for (const one of contender.processes) if (one !== upstream) await one.stop()
const isWhole = values.only.length === 0
const growth = isWhole
  ? await measureGrowth({ upstreamPort, firstPort: 9711, seconds: effort.seconds, rounds })
  : { figures: [], booksAreRight: true }
const results: Results = {
  machine: machine(),
  date: new Date().toISOString().slice(0, 10),
  rounds,
  seconds: effort.seconds,
  results: contenders.map(({ name, isBilling }) => ({ name, isBilling, figures: medianOf(measured.get(name) ?? []) })),
  growth: growth.figures,
  pages: isWhole ? await measurePages() : null,
  slowPages: isWhole ? await measureSlowPages() : null,
  booksAreRight: growth.booksAreRight && billing.map(proveBooks).every(({ ok, openHolds }) => ok && openHolds === 0),
}
const report = writeReport(results)
console.log(report)
mkdirSync(join(import.meta.dirname, 'results'), { recursive: true })
writeFileSync(join(import.meta.dirname, 'results', 'latest.json'), `${JSON.stringify(results, null, 2)}\n`)
if (values.write) writeFileSync(join(root, 'docs', 'benchmarks.md'), report)
await upstream.stop()
await postgres.close()
process.exit(results.booksAreRight ? 0 : 1)
