import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createInlineScriptsReader } from './read-inline-scripts.ts'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'opencredits-docs-'))
  path = join(folder, 'inline-scripts.json')
})

afterEach(() => rmSync(folder, { recursive: true }))

function write(hashes: readonly string[], writtenAtSeconds: number): void {
  writeFileSync(path, JSON.stringify(hashes))
  utimesSync(path, writtenAtSeconds, writtenAtSeconds)
}

describe('createInlineScriptsReader', () => {
  it('reads the file once, and again after a new build', async () => {
    const read = createInlineScriptsReader(path)
    write(['sha256-one'], 1_000)
    const first = await read()
    expect(first).toEqual(['sha256-one'])
    write(['sha256-unseen'], 1_000)
    expect(await read()).toBe(first)
    write(['sha256-two'], 2_000)
    expect(await read()).toEqual(['sha256-two'])
  })

  it('finds nothing until the site is built', async () => {
    const read = createInlineScriptsReader(path)
    expect(await read()).toBeNull()
    write([], 1_000)
    expect(await read()).toEqual([])
  })
})
