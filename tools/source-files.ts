import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')

export const functionLinesMax = 70

export interface SourceFile {
  /** From the root, with slashes. */
  readonly path: string
  readonly text: string
  readonly lines: readonly string[]
  readonly isTest: boolean
  /** Paths of the files of ours that it imports. */
  readonly imports: readonly string[]
  readonly packageImports: readonly string[]
}

/** Every source file that git knows or would take, fixtures aside. */
export function listSources(): readonly SourceFile[] {
  const listed = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx', '*.mjs', '*.css'],
    { cwd: root, encoding: 'utf8' },
  )
  return listed
    .split('\n')
    .filter((path) => path !== '' && existsSync(join(root, path)) && !path.includes('__fixtures__'))
    .map(readSource)
}

function readSource(path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8')
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].flatMap((match) => match[1] ?? [])
  const toPath = (specifier: string) =>
    relative(root, resolve(root, dirname(path), specifier.replace(/\?\w+$/, ''))).replaceAll('\\', '/')
  const isTest = /\.test\.tsx?$|\/integration\/|^e2e\/|test-support|\/test-[a-z-]+\.ts$|ledger-table\.ts$/.test(path)
  return {
    path,
    text,
    lines: text.replace(/\n$/, '').split('\n'),
    isTest,
    imports: specifiers.filter((specifier) => specifier.startsWith('.')).map(toPath),
    packageImports: specifiers.filter((specifier) => !specifier.startsWith('.')),
  }
}

/** `path:line` of every line that has the token. */
export function placesOf(file: SourceFile, token: RegExp): readonly string[] {
  // This file names what it bans.
  if (file.path === 'tools/tidy.test.ts') return []
  return file.lines.flatMap((line, index) => (token.test(line) ? [`${file.path}:${index + 1}`] : []))
}

/**
 * The formatter indents by two, so a function ends at the first closing brace in its own column. The functions inside a
 * function count for themselves: a factory is like a class.
 */
export function longFunctions(file: SourceFile): readonly string[] {
  if (!/\.tsx?$/.test(file.path)) return []
  const spans = file.lines.flatMap((line, start) => {
    const opens =
      /^(\s*)(?:export )?(?:default )?(?:static |override |async |private )*(?:function\b|#?\w+\(.*\)[^=;]*\{$|.*=> \{$|.*\bfunction\b).*/.exec(
        line,
      )
    if (opens === null || !line.endsWith('{') || /^\s*(if|for|while|switch|\}|describe|it)\b/.test(line)) return []
    const indent = opens[1] ?? ''
    const end = file.lines.findIndex((later, index) => index > start && later.startsWith(`${indent}}`))
    return end === -1 ? [] : [{ start, end }]
  })
  return spans.flatMap((span) => {
    const inside = spans.filter((other) => other.start > span.start && other.end < span.end)
    const outermost = inside.filter((one) => !inside.some((other) => other.start < one.start && other.end > one.end))
    const length = span.end - span.start + 1 - outermost.reduce((sum, one) => sum + one.end - one.start, 0)
    return length > functionLinesMax ? [`${file.path}:${span.start + 1}: ${length} lines`] : []
  })
}
