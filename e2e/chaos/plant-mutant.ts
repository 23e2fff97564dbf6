import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import type { Edit, Mutant } from './mutants.ts'
import { repositoryRoot } from './server-process.ts'

const packages = ['protocol', 'sandbox', 'server', 'sdk']

/** Copies the packages, with their dependencies linked, and breaks the copy. @throws Error when the text to break is no longer there. */
export function plantMutant(mutant: Mutant): { readonly sourceRoot: string; remove(): void } {
  const sourceRoot = mkdtempSync(join(tmpdir(), 'opencredits-mutant-'))
  for (const name of packages) {
    const from = join(repositoryRoot, 'packages', name)
    const isOurs = (path: string) => !relative(from, path).split('/').includes('node_modules')
    cpSync(from, join(sourceRoot, 'packages', name), { recursive: true, filter: isOurs })
    link(join(from, 'node_modules'), join(sourceRoot, 'packages', name, 'node_modules'))
  }
  link(join(repositoryRoot, 'node_modules'), join(sourceRoot, 'node_modules'))
  cpSync(join(repositoryRoot, 'package.json'), join(sourceRoot, 'package.json'))
  const remove = () => rmSync(sourceRoot, { recursive: true, force: true })
  try {
    for (const edit of mutant.edits) apply(sourceRoot, mutant, edit)
  } catch (error) {
    remove()
    throw error
  }
  return { sourceRoot, remove }
}

function link(from: string, to: string): void {
  if (existsSync(from)) symlinkSync(from, to)
}

function apply(sourceRoot: string, mutant: Mutant, { file, from, to }: Edit): void {
  const path = join(sourceRoot, 'packages/server/src', file)
  const source = readFileSync(path, 'utf8')
  if (source.split(from).length !== 2)
    throw new Error(`canary “${mutant.name}”: ${file} no longer says once: ${from.trim()}`)
  // A function, since a text would read `$` as a pattern.
  writeFileSync(
    path,
    source.replace(from, () => to),
  )
}
