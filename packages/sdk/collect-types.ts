import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'

export interface TypesToCollect {
  /** Where the compiler has written the declarations of `sdk` and `protocol`. */
  readonly from: string
  readonly to: string
  /** Below `sdk/src`, without an extension. */
  readonly entries: readonly string[]
}

/** What partners have beside this package. */
const peers = ['react']
const importPattern = /(\bfrom |\bimport\()(["'])([^"']+)\2/g

const protocolIndex = 'protocol/src/index.d.ts'

/**
 * Copies the declarations that the entries reach, and those alone. The protocol goes along, since it is not published; of
 * its parts only those that declare a name that the package uses.
 * @throws Error for an import of a package that partners do not have
 */
export function collectTypes({ from, to, entries }: TypesToCollect): void {
  const files = entries.map((entry) => `sdk/src/${entry}.d.ts`)
  const read = (file: string) => readFileSync(join(from, file), 'utf8')
  const usedNames = new Set<string>()
  // Grows while it is walked. The protocol's index waits until all that uses it has been read.
  for (const file of files) {
    if (file === protocolIndex) continue
    for (const name of namesOfProtocol(read(file))) usedNames.add(name)
    copy(file, read(file))
  }
  const parts = files.length
  copy(
    protocolIndex,
    keepParts(read(protocolIndex), (part) => declares(read(part), usedNames)),
  )
  for (const file of rest(files, parts)) copy(file, read(file))

  function copy(file: string, text: string): void {
    const toSpecifier = (specifier: string) => {
      if (peers.includes(specifier)) return specifier
      const target = targetOf(specifier, file)
      if (!files.includes(target)) files.push(target)
      const path = posix.relative(posix.dirname(placeOf(file)), placeOf(target)).replace(/\.d\.ts$/, '.js')
      return path.startsWith('.') ? path : `./${path}`
    }
    const path = join(to, placeOf(file))
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, renameImports(text, toSpecifier))
  }
}

/** What a list has from a place on, also what is added meanwhile. */
function* rest(files: readonly string[], start: number): Generator<string> {
  for (const [at, file] of files.entries()) if (at >= start) yield file
}

/** What a file takes from the protocol by name. */
function namesOfProtocol(text: string): readonly string[] {
  return [...text.matchAll(/\{([^{}]*)\} from '@opencredits\/protocol'/g)].flatMap(([, list = '']) =>
    list.split(',').map(
      (name) =>
        name
          .replace(/^\s*type\s/, '')
          .split(' as ')[0]
          ?.trim() ?? '',
    ),
  )
}

function keepParts(index: string, isUsed: (file: string) => boolean): string {
  return index.replace(/^export \* from '([^']+)';\n/gm, (line, specifier: string) =>
    isUsed(targetOf(specifier, protocolIndex)) ? line : '',
  )
}

function declares(text: string, names: ReadonlySet<string>): boolean {
  const declared = text.matchAll(/^export (?:declare )?(?:const|function|class|interface|type|enum) (\w+)/gm)
  return [...declared].some(([, name = '']) => names.has(name))
}

function renameImports(text: string, toSpecifier: (specifier: string) => string): string {
  const isComment = (line: string) => /^\s*[/*]/.test(line)
  const rename = (_all: string, before: string, quote: string, specifier: string) =>
    `${before}${quote}${toSpecifier(specifier)}${quote}`
  return text
    .split('\n')
    .map((line) => (isComment(line) ? line : line.replace(importPattern, rename)))
    .join('\n')
}

function targetOf(specifier: string, file: string): string {
  if (specifier === '@opencredits/protocol') return protocolIndex
  if (!specifier.startsWith('.')) throw new Error(`${file} imports ${specifier}, which partners do not have.`)
  return posix.join(posix.dirname(file), specifier).replace(/\.tsx?$/, '.d.ts')
}

/** In the package. */
function placeOf(file: string): string {
  return file.replace(/^sdk\/src\//, '').replace(/^protocol\/src\//, 'protocol/')
}
