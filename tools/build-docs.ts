import { buildIfStale } from './build-if-stale.ts'

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
  buildIfStale({
    what: 'the documentation',
    folder: 'packages/docs',
    built: 'packages/docs/dist/inline-scripts.json',
    inputs: docsInputs,
    isQuiet: true,
  })
}
