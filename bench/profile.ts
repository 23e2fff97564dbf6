import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createDatabase } from '../e2e/stack.ts'
import { startPostgres } from '../e2e/start-postgres.ts'
import { root, startOpenCredits } from './contenders.ts'
import { loadWith } from './figures.ts'
import { startPinned, untilListening } from './pinned-process.ts'

/**
 * `node bench/profile.ts [--postgres] [--top=N]`: what the gateway's time at saturation goes into, by part, from V8's
 * own sampling. It says why a figure of the benchmark is what it is.
 */
interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
    readonly children?: readonly number[]
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

const { values } = parseArgs({
  options: {
    postgres: { type: 'boolean', default: false },
    top: { type: 'string', default: '25' },
    seconds: { type: 'string', default: '6' },
  },
})
const upstreamPort = 9711
const folder = mkdtempSync(join(tmpdir(), 'opencredits-profile-'))
const upstream = startPinned(
  'other',
  [process.execPath, join(import.meta.dirname, 'fake-upstream.ts')],
  { PATH: process.env.PATH ?? '', PORT: String(upstreamPort) },
  root,
)
await untilListening(upstreamPort)
const postgres = values.postgres ? await startPostgres() : null
const contender = await startOpenCredits('profiled', {
  ports: [9712],
  upstreamPort,
  nodeFlags: ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=400'],
  ...(postgres === null ? {} : { databaseUrl: await createDatabase(postgres.url) }),
})
const load = await loadWith(contender, { mode: 'saturate', seconds: Number(values.seconds) })
for (const one of contender.processes) await one.stop()
await upstream.stop()
await postgres?.close()

const [file] = readdirSync(folder).sort(
  (a, b) => readFileSync(join(folder, b)).length - readFileSync(join(folder, a)).length,
)
const profile: Profile = JSON.parse(readFileSync(join(folder, file ?? ''), 'utf8'))
const spent = new Map<number, number>()
profile.samples.forEach((id, index) => {
  spent.set(id, (spent.get(id) ?? 0) + (profile.timeDeltas[index] ?? 0))
})
const byPart = new Map<string, number>()
const byFunction = new Map<string, number>()
let total = 0
for (const { id, callFrame } of profile.nodes) {
  const microseconds = spent.get(id) ?? 0
  if (callFrame.functionName === '(idle)' || callFrame.functionName === '(root)') continue
  total += microseconds
  const part = partOf(callFrame)
  byPart.set(part, (byPart.get(part) ?? 0) + microseconds)
  const name = `${callFrame.functionName || '(anonymous)'} ${callFrame.url.replace(/^.*\/(node_modules|packages)\//, '')}:${callFrame.lineNumber + 1}`
  byFunction.set(name, (byFunction.get(name) ?? 0) + microseconds)
}
console.log(`${Math.round(load.perSecond)} requests/s while profiled, ${load.failed} failed\n`)
print(byPart, 40)
console.log()
print(byFunction, Number(values.top))
process.exit(0)

/** Where a function comes from; the store's waiting for the disk is in `better-sqlite3`'s own time. */
function partOf({ functionName, url }: Profile['nodes'][number]['callFrame']): string {
  if (functionName === '(garbage collector)') return 'garbage collection'
  if (functionName === '(program)') return 'Node, native'
  const [, own] = /packages\/server\/src\/([^/]+)/.exec(url) ?? []
  if (own !== undefined) return `OpenCredits: ${own}`
  const [, library] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? []
  if (library !== undefined) return library
  return url.startsWith('node:')
    ? `node: ${url.replace(/^node:(internal\/)?/, '').split('/')[0]}`
    : `native: ${functionName}`
}

function print(times: ReadonlyMap<string, number>, count: number): void {
  const sorted = [...times].sort(([, a], [, b]) => b - a).slice(0, count)
  for (const [name, microseconds] of sorted)
    console.log(`${((100 * microseconds) / total).toFixed(1).padStart(5)} %  ${name}`)
}
