import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A partner's app that has installed the package as it would come from the registry. */
export interface InstalledApp {
  readonly root: string
  /** Bytes of the archive that partners download. */
  readonly packedBytes: number
  /** Paths in the installed package. */
  readonly files: readonly string[]
  write(files: Readonly<Record<string, string>>): void
  /** Runs a Node program of the app. @returns what it printed */
  run(file: string): string
  /** @returns what the compiler found wrong; empty is good */
  typeCheck(options: Readonly<Record<string, unknown>>, files: readonly string[]): string
  remove(): void
}

const sdk = import.meta.dirname
const bin = join(sdk, '../../node_modules/.bin')

/** @param react the workspace's names of `react`, `react-dom` and `@types/react` in the version that the app has */
export function installApp(react: readonly [react: string, reactDom: string, types: string]): InstalledApp {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'opencredits-app-'))
  const modules = join(root, 'node_modules')
  const npm = (folder: string, ...args: readonly string[]) =>
    execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  writeFileSync(join(root, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }))
  npm(sdk, 'pack', '--ignore-scripts', '--pack-destination', root)
  const archive = readdirSync(root).find((name) => name.endsWith('.tgz')) ?? ''
  npm(root, 'install', '--offline', '--no-audit', '--no-fund', '--no-package-lock', `./${archive}`)
  for (const name of [...react, '../../../node_modules/@types/node']) provide(join(sdk, 'node_modules', name), modules)
  return {
    root,
    packedBytes: readFileSync(join(root, archive)).length,
    files: readdirSync(join(modules, '@opencredits/sdk'), { recursive: true, encoding: 'utf8' }),
    write(files) {
      for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text)
    },
    run: (file) => execFileSync(process.execPath, [file], { cwd: root, encoding: 'utf8' }),
    typeCheck(options, files) {
      const compilerOptions = {
        strict: true,
        exactOptionalPropertyTypes: true,
        skipDefaultLibCheck: true,
        noEmit: true,
        ...options,
      }
      writeFileSync(join(root, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
      try {
        return execFileSync(join(bin, 'tsc'), ['-p', root], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
      } catch (error) {
        return error instanceof Object && 'stdout' in error ? String(error.stdout) : String(error)
      }
    },
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 3 }),
  }
}

/** Copies a package of the workspace with all that it needs: the network is not asked, and a link would lead back here. */
function provide(linked: string, modules: string): void {
  const from = realpathSync(linked)
  const { name, dependencies = {} } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'))
  mkdirSync(join(modules, name, '..'), { recursive: true })
  cpSync(from, join(modules, name), { recursive: true })
  const siblings = from.slice(0, -String(name).length)
  for (const dependency of Object.keys(dependencies)) provide(join(siblings, dependency), modules)
}
