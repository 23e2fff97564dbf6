import { execFileSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { isStale } from './is-stale.ts'

const root = resolve(import.meta.dirname, '..')
const built = join(root, 'packages/sdk/dist/checkout/index.html')
const inputs = [
  'packages/sdk/src',
  'packages/sdk/checkout',
  'packages/sdk/build.ts',
  'packages/sdk/collect-types.ts',
  'packages/sdk/compress-files.ts',
  'packages/sdk/tsconfig.types.json',
  'packages/sdk/package.json',
  'packages/protocol/src',
]

/** Builds `sdk.js` and the checkout app unless what is built is newer than all that it is made of. */
export function buildSdkIfStale(): void {
  const paths = inputs.map((input) => join(root, input))
  if (!isStale(built, paths)) return
  process.stdout.write('Building the SDK and the checkout app …\n')
  execFileSync(process.execPath, ['build.ts'], {
    cwd: join(root, 'packages/sdk'),
    stdio: ['ignore', 'inherit', 'inherit'],
  })
}
