import { execFileSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { isStale } from './is-stale.ts'

const root = resolve(import.meta.dirname, '..')
const built = join(root, 'packages/docs/dist/inline-scripts.json')
/** What the site is made of, from the root. */
export const docsInputs: readonly string[] = [
  'packages/docs',
  'packages/protocol/src/palette.ts',
  'docs/clients',
  'docs/images/checkout.png',
  'docs/images/checkout-dark.png',
  'docs/wire-formats.md',
]

/** Builds the documentation site unless what is built is newer than all that it is made of. */
export function buildDocsIfStale(): void {
  const paths = docsInputs.map((input) => join(root, input))
  if (!isStale(built, paths)) return
  process.stdout.write('Building the documentation …\n')
  execFileSync(process.execPath, ['build.ts'], {
    cwd: join(root, 'packages/docs'),
    // Its progress is not for the reader of `npm start`; a failure is thrown with all that was printed.
    stdio: ['ignore', 'ignore', 'pipe'],
  })
}
