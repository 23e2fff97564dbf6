import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')

/** A package whose pages are built; all paths are from the root. */
export interface BuiltPackage {
  readonly what: string
  readonly folder: string
  /** The file that its build writes last. */
  readonly built: string
  readonly inputs: readonly string[]
  /** Whether its progress is kept from the reader of `npm start`. A failure is told with all that was printed. */
  readonly isQuiet?: boolean
}

/** Builds a package unless what is built is newer than all that it is made of. */
export function buildIfStale({ what, folder, built, inputs, isQuiet = false }: BuiltPackage): void {
  if (!isStale(join(root, built), inputs)) return
  process.stdout.write(`Building ${what} …\n`)
  const stdio = isQuiet ? (['ignore', 'ignore', 'pipe'] as const) : (['ignore', 'inherit', 'inherit'] as const)
  execFileSync(process.execPath, ['build.ts'], { cwd: join(root, folder), stdio: [...stdio] })
}

function isStale(built: string, inputs: readonly string[]): boolean {
  const builtAtMs = existsSync(built) ? statSync(built).mtimeMs : 0
  return inputs.some((input) => newestMs(join(root, input)) >= builtAtMs)
}

/** Not looked into: what is in them is installed or built. */
const notSource = ['node_modules', 'dist']

function newestMs(path: string): number {
  const stats = statSync(path)
  if (!stats.isDirectory()) return stats.mtimeMs
  const names = readdirSync(path).filter((name) => !notSource.includes(name))
  return Math.max(stats.mtimeMs, ...names.map((name) => newestMs(`${path}/${name}`)))
}
