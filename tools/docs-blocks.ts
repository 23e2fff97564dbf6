import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')

/** Where code is shown to partners. */
const pages = [
  'README.md',
  'packages/sdk/README.md',
  ...['docs/clients', 'packages/docs/pages', 'packages/docs/pages/snippets'].flatMap(listPages),
]

function listPages(folder: string): readonly string[] {
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith('.md'))
  return names.toSorted().map((name) => `${folder}/${name}`)
}

/** A fenced block of a page: ```` ```language mark=value mark="a value" ````. */
export interface DocsBlock {
  readonly page: string
  /** Of the fence, from 1. */
  readonly line: number
  readonly language: string
  /** What the fence says about the block beside its language. */
  readonly marks: Readonly<Record<string, string>>
  readonly code: string
}

export function listDocsBlocks(): readonly DocsBlock[] {
  return pages.flatMap((page) => blocksOf(page, readFileSync(join(root, page), 'utf8')))
}

/** The blocks that a test runs or checks now. */
export function isReady({ marks }: DocsBlock): boolean {
  return marks['not-run'] === undefined
}

export function blocksOf(page: string, text: string): readonly DocsBlock[] {
  return [...text.matchAll(/^```(\w+)([^\n]*)\n(.*?)^```$/gms)].map((match) => {
    const [, language = '', marks = '', code = ''] = match
    return {
      page,
      line: text.slice(0, match.index).split('\n').length,
      language,
      marks: Object.fromEntries(
        [...marks.matchAll(/([\w-]+)=(?:"([^"]*)"|(\S+))/g)].map(([, name, quoted, bare]) => [name, quoted ?? bare]),
      ),
      code,
    }
  })
}

/** `docs/clients/curl.md:12`. */
export function placeOf({ page, line }: DocsBlock): string {
  return `${page}:${line}`
}
