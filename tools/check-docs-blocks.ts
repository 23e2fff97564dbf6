import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { type DocsBlock, placeOf } from './docs-blocks.ts'

const root = resolve(import.meta.dirname, '..')
const sdk = '../../packages/sdk'

/** Paths are from the folder of the blocks, which is one below `e2e`, where the clients of others are installed. */
const configuration = {
  extends: '../../tsconfig.base.json',
  compilerOptions: {
    lib: ['es2024', 'dom', 'dom.iterable', 'esnext.disposable'],
    module: 'preserve',
    moduleResolution: 'bundler',
    types: ['node'],
    jsx: 'react-jsx',
    allowJs: true,
    checkJs: true,
    // Readers compile with `strict`; these two of ours are beyond it.
    noUncheckedIndexedAccess: false,
    exactOptionalPropertyTypes: false,
    paths: {
      '@opencredits/sdk': [`${sdk}/src/index.ts`],
      '@opencredits/sdk/react': [`${sdk}/src/react/index.tsx`, `${sdk}/src/react/index.ts`],
      '@opencredits/sdk/server': [`${sdk}/src/server/index.ts`],
      react: [`${sdk}/node_modules/@types/react`],
      'react/*': [`${sdk}/node_modules/@types/react/*`],
    },
  },
  include: ['*'],
}

/** `OpenCredits` as the script tag gives it, for blocks that import nothing. */
const globals = "declare const OpenCredits: import('@opencredits/sdk').OpenCreditsApi\n"

const extensions: Readonly<Record<string, string>> = { js: 'mjs', ts: 'ts', tsx: 'tsx' }

export function isTypeChecked({ language }: DocsBlock): boolean {
  return language in extensions
}

/** Checks each block as a module of its own, strictly. @returns the faults, each at its place in the documentation. */
export async function typeCheckBlocks(blocks: readonly DocsBlock[]): Promise<readonly string[]> {
  const folder = mkdtempSync(join(root, 'e2e/.docs-blocks-'))
  try {
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(configuration))
    writeFileSync(join(folder, 'globals.d.ts'), globals)
    for (const [index, block] of blocks.entries())
      writeFileSync(join(folder, `block-${index}.${extensions[block.language]}`), `${block.code}\nexport {}\n`)
    const tsc = promisify(execFile)(join(root, 'node_modules/.bin/tsc'), ['-p', folder, '--pretty', 'false'])
    const output = await tsc.then(
      () => '',
      (error: { readonly stdout: string }) => error.stdout,
    )
    const faults = output.split('\n').filter((line) => line !== '')
    return faults.map((fault) => fault.replace(/^.*block-(\d+)\.\w+/, (_file, index) => placeAt(blocks, Number(index))))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function placeAt(blocks: readonly DocsBlock[], index: number): string {
  const block = blocks[index]
  return block === undefined ? '' : placeOf(block)
}
