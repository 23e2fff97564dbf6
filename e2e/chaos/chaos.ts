import { parseArgs } from 'node:util'
import { runCanaries } from './canaries.ts'
import { printReport } from './print-report.ts'
import { runSeed } from './run-seed.ts'

/** `npm run chaos -- --seeds=50 --engine=postgres --seed=123`: see `README.md` beside this file. */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '5' },
    seed: { type: 'string' },
    engine: { type: 'string', default: 'sqlite' },
    users: { type: 'string', default: '6' },
    calls: { type: 'string', default: '25' },
    'faults-ms': { type: 'string', default: '9000' },
    canaries: { type: 'boolean', default: false },
    only: { type: 'string' },
    long: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
})
// Servers and mounted disks are given back by what listens to the exit.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
const engine = values.engine === 'postgres' ? 'postgres' : 'sqlite'
const first = values.seed === undefined ? 1 : Number(values.seed)
const count = values.seed === undefined ? Number(values.seeds) : 1
if (values.canaries) {
  const seeds = values.seed === undefined ? [1, 2, 3] : [Number(values.seed)]
  const missed = await runCanaries({ engine, seeds, only: values.only }, (text) => process.stdout.write(text))
  process.exit(missed === 0 ? 0 : 1)
}
let differences = 0
for (let seed = first; seed < first + count; seed += 1) {
  const report = await runSeed({
    seed,
    engine,
    users: Number(values.users),
    callsPerUser: Number(values.calls),
    faultsMs: Number(values['faults-ms']),
    isLong: values.long,
  })
  differences += report.differences.length
  process.stdout.write(printReport(report, values.verbose))
}
process.stdout.write(`${count} seeds on ${engine}, ${differences} differences\n`)
process.exit(differences === 0 ? 0 : 1)
