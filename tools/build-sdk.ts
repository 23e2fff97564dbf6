import { buildIfStale } from './build-if-stale.ts'

/** Builds `sdk.js` and the checkout app unless what is built is newer than all that it is made of. */
export function buildSdkIfStale(): void {
  buildIfStale({
    what: 'the SDK and the checkout app',
    folder: 'packages/sdk',
    built: 'packages/sdk/dist/checkout/index.html',
    inputs: [
      'packages/sdk/src',
      'packages/sdk/checkout',
      'packages/sdk/build.ts',
      'packages/sdk/collect-types.ts',
      'packages/sdk/compress-files.ts',
      'packages/sdk/tsconfig.types.json',
      'packages/sdk/package.json',
      'packages/protocol/src',
    ],
  })
}
