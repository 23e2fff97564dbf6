import { existsSync, readdirSync, statSync } from 'node:fs'

/** Whether what was built is missing, or older than something that it is made of. */
export function isStale(built: string, inputs: readonly string[]): boolean {
  const builtAtMs = existsSync(built) ? statSync(built).mtimeMs : 0
  return inputs.some((input) => newestMs(input) >= builtAtMs)
}

/** Not looked into: what is in them is installed or built. */
const notSource = ['node_modules', 'dist']

function newestMs(path: string): number {
  const stats = statSync(path)
  if (!stats.isDirectory()) return stats.mtimeMs
  const names = readdirSync(path).filter((name) => !notSource.includes(name))
  return Math.max(stats.mtimeMs, ...names.map((name) => newestMs(`${path}/${name}`)))
}
