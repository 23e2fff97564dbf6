import { readFile, stat } from 'node:fs/promises'

/**
 * The hashes of the scripts in the documentation's pages, as its build wrote them. The file is read again only after a
 * new build, which its time of change tells.
 * @returns null where nothing was built.
 */
export function createInlineScriptsReader(path: string): () => Promise<readonly string[] | null> {
  let known: { readonly hashes: readonly string[]; readonly writtenAtMs: number } | null = null
  return async () => {
    const writtenAtMs = (await stat(path).catch(() => null))?.mtimeMs
    if (writtenAtMs === undefined) return null
    if (known?.writtenAtMs !== writtenAtMs) {
      const text = await readFile(path, 'utf8').catch(() => null)
      if (text === null) return null
      known = { hashes: JSON.parse(text), writtenAtMs }
    }
    return known.hashes
  }
}
