import { afterAll, describe, expect, it } from 'vitest'
import { mutants } from './mutants.ts'
import { plantMutant } from './plant-mutant.ts'
import { printReport } from './print-report.ts'
import { runSeed } from './run-seed.ts'

/** The short form of `npm run chaos`; see the README beside this file for the long one. */
const size = { engine: 'sqlite', users: 6, callsPerUser: 16, faultsMs: 5000 } as const

describe('under load and faults', () => {
  it.each([
    [1, 2],
    [2, 1],
    [3, 2],
  ])(
    'seed %i on %i servers: what was paid and used is what was credited and charged',
    async (seed, servers) => {
      const report = await runSeed({ ...size, seed, servers })
      expect(report.differences, printReport(report)).toEqual([])
      // A run in which nothing happens would prove nothing.
      expect(report.counts.finished).toBeGreaterThan(10)
      expect(report.counts.purchases).toBeGreaterThan(5)
      expect(report.counts.batchRequests).toBeGreaterThan(20)
      expect(report.faults.length).toBeGreaterThan(3)
    },
    120_000,
  )
})

describe('the auditor', () => {
  const planted = plantMutant(mutantNamed('the share is doubled'))
  afterAll(() => planted.remove())

  it('notices a server that is broken on purpose', async () => {
    const report = await runSeed({
      ...size,
      seed: 1,
      servers: 1,
      callsPerUser: 6,
      faultsMs: 0,
      sourceRoot: planted.sourceRoot,
    })
    expect(report.differences.map(({ kind }) => kind)).toContain('share')
  }, 120_000)

  it.each(mutants.map((mutant) => [mutant.name, mutant] as const))(
    'can still break the server so that %s',
    (_name, mutant) => {
      expect(() => plantMutant(mutant).remove()).not.toThrow()
    },
  )
})

function mutantNamed(name: string) {
  const found = mutants.find((mutant) => mutant.name === name)
  if (found === undefined) throw new Error(`there is no mutant “${name}”`)
  return found
}
