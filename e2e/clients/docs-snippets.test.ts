import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { direct } from '../process/api-client.ts'
import { type Caller, startCaller } from '../process/caller.ts'

/** What the pages of docs/clients tell people to run is run. */
const docs = resolve(import.meta.dirname, '../../docs/clients')
// Beside the clients' packages, so that a snippet finds what it imports.
const folder = mkdtempSync(join(import.meta.dirname, '.snippets-'))
const run = promisify(execFile)
let caller: Caller

beforeAll(async () => {
  caller = await startCaller()
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await caller.stack.close()
})

const snippets = readdirSync(docs).flatMap((page) =>
  [...readFileSync(join(docs, page), 'utf8').matchAll(/^```(js|sh)\n(.*?)^```$/gms)]
    .map(([, language = '', code = '']) => ({ page, language, code }))
    // Those that start a program to talk to are run by the tests of that program.
    .filter(({ code }) => !/^(claude|codex)\b/m.test(code) && !/opencredits doctor/.test(code))
    .map((snippet, index) => ({ ...snippet, number: index + 1 })),
)

describe('docs/clients', () => {
  it('has snippets to run', () => expect(snippets.length).toBeGreaterThanOrEqual(10))

  it.each(snippets)('$page, $language $number', async ({ page, language, code, number }) => {
    const here = code.replaceAll('https://credits.example', direct(caller.stack))
    const environment = { ...process.env, OPENCREDITS_KEY: caller.key }
    const file = join(folder, `${page}-${number}.${language === 'js' ? 'mjs' : 'sh'}`)
    writeFileSync(file, language === 'js' ? here : `set -e\n${here}`)
    const { stdout } = await run(language === 'js' ? process.execPath : 'bash', [file], { env: environment })
    expect(stdout).toMatch(/ blue\b|"balance":/)
  })
})
