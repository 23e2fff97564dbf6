import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listSources } from './source-files.ts'

/** What a newcomer pastes: commands that run from the root of the repository, and nothing noisy around them. */

const root = resolve(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const manifest = JSON.parse(read('package.json'))

/** A command without what runs it, as a reader would paste it. */
const bareCommand =
  /(?<!pnpm@12 |docker exec opencredits )\bopencredits (serve|migrate|partner|credits|users|ledger|backup|doctor) (--|create|list|update|earnings|grant|claim|clear-mark|verify|export|erase)/

describe('a command that is named', () => {
  it('in a message of the product has its prefix from one place', () => {
    const messages = listSources().filter(({ path, isTest }) => !isTest && path.startsWith('packages/'))
    const bare = messages.flatMap(({ path, lines }) =>
      lines.filter((line) => bareCommand.test(line)).map((line) => `${path}: ${line.trim()}`),
    )
    expect(bare).toEqual([])
    const prefixes = messages.filter(({ lines }) => lines.some((line) => /pnpm@12 opencredits/.test(line)))
    expect(prefixes.map(({ path }) => path)).toEqual(['packages/server/src/kernel/operator-command.ts'])
  })

  it('in the documentation runs as it stands', () => {
    const folders = ['docs/operations', 'docs/clients', 'docs/decisions', 'packages/docs/pages']
    const pages = folders.flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`))
    const bare = [...pages, 'README.md', 'packages/sdk/README.md']
      .filter((path) => /\.(md|yaml)$/.test(path))
      .flatMap((path) =>
        read(path)
          .split('\n')
          .filter((line) => bareCommand.test(line))
          .map((line) => `${path}: ${line}`),
      )
    expect(bare).toEqual([])
  })
})

describe('what runs a command', () => {
  it('is a program, not a script of the package: pnpm ends a script that fails with [ELIFECYCLE]', () => {
    expect(manifest.scripts).not.toHaveProperty('opencredits')
    expect(manifest.devDependencies).toHaveProperty('@opencredits/server', 'workspace:*')
    expect(JSON.parse(read('packages/server/package.json')).bin).toEqual({ opencredits: 'src/cli/opencredits.ts' })
  })

  it('is compared with the Node that it runs on, not with the system’s, so that the installation does not warn', () =>
    expect(/^nodeVersion: (\S+)$/m.exec(read('pnpm-workspace.yaml'))?.[1]).toBe(manifest.devDependencies.node))
})
