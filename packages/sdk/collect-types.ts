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

/**
 * Copies the declarations that the entries reach, and those alone. The protocol goes along, since it is not published.
 * @throws Error for an import of a package that partners do not have
 */
export function collectTypes({ from, to, entries }: TypesToCollect): void {
  const files = entries.map((entry) => `sdk/src/${entry}.d.ts`)
  // Grows while it is walked.
  for (const file of files) {
    const toSpecifier = (specifier: string) => {
      if (peers.includes(specifier)) return specifier
      const target = targetOf(specifier, file)
      if (!files.includes(target)) files.push(target)
      const path = posix.relative(posix.dirname(placeOf(file)), placeOf(target)).replace(/\.d\.ts$/, '.js')
      return path.startsWith('.') ? path : `./${path}`
    }
    const path = join(to, placeOf(file))
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, renameImports(readFileSync(join(from, file), 'utf8'), toSpecifier))
  }
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
  if (specifier === '@opencredits/protocol') return 'protocol/src/index.d.ts'
  if (!specifier.startsWith('.')) throw new Error(`${file} imports ${specifier}, which partners do not have.`)
  return posix.join(posix.dirname(file), specifier).replace(/\.tsx?$/, '.d.ts')
}

/** In the package. */
function placeOf(file: string): string {
  return file.replace(/^sdk\/src\//, '').replace(/^protocol\/src\//, 'protocol/')
}
