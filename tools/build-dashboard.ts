import { execFileSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { isStale } from './is-stale.ts'

const root = resolve(import.meta.dirname, '..')
const built = join(root, 'packages/dashboard/dist/account/index.html')
const inputs = [
  'packages/dashboard/account',
  'packages/dashboard/home',
  'packages/dashboard/build.ts',
  'packages/dashboard/package.json',
  'packages/protocol/src',
]

/** Builds the account page and the home page unless what is built is newer than all that it is made of. */
export function buildDashboardIfStale(): void {
  const paths = inputs.map((input) => join(root, input))
  if (!isStale(built, paths)) return
  process.stdout.write('Building the account page …\n')
  execFileSync(process.execPath, ['build.ts'], {
    cwd: join(root, 'packages/dashboard'),
    stdio: ['ignore', 'inherit', 'inherit'],
  })
}
