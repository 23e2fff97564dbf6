import { type Mutant, mutants } from './mutants.ts'
import { plantMutant } from './plant-mutant.ts'
import { runSeed } from './run-seed.ts'

export interface CanaryOptions {
  readonly engine: 'sqlite' | 'postgres'
  /** Tried one after the other until one catches the mutant. */
  readonly seeds: readonly number[]
  /** Only mutants whose name holds this text. */
  readonly only?: string | undefined
}

/** Runs each mutant until a seed catches it, and prints by what. @returns how many went unnoticed. */
export async function runCanaries(options: CanaryOptions, print: (text: string) => void): Promise<number> {
  const chosen = mutants.filter(({ name }) => name.includes(options.only ?? ''))
  const caught: (readonly [string, string | null])[] = []
  for (const mutant of chosen) {
    const by = await catchMutant(mutant, options)
    caught.push([mutant.name, by])
    print(`${mutant.name.padEnd(55)} ${by === null ? 'NOT CAUGHT' : `caught by ${by}`}\n`)
  }
  const missed = caught.filter(([, by]) => by === null)
  print(`${caught.length - missed.length} of ${caught.length} mutants were caught\n`)
  return missed.length
}

async function catchMutant(mutant: Mutant, { engine, seeds }: CanaryOptions): Promise<string | null> {
  const planted = plantMutant(mutant)
  try {
    for (const seed of seeds) {
      const size = { users: 6, callsPerUser: 20, faultsMs: 7000, servers: 2 }
      const report = await runSeed({
        seed,
        engine: mutant.needsPostgres ? 'postgres' : engine,
        ...size,
        sourceRoot: planted.sourceRoot,
      })
      const { differences } = report
      const kinds = [...new Set(differences.map(({ kind }) => kind))]
      if (kinds.length > 0) return `seed ${seed}: ${kinds.join(', ')}`
    }
    return null
  } finally {
    planted.remove()
  }
}
