import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { listDocsBlocks } from '../../tools/docs-blocks.ts'
import type { ReceivedWebhook } from './webhook-receiver.ts'

/** @throws for what the secret has not signed. */
export type Verify = (webhook: ReceivedWebhook, secret: string) => unknown

const page = 'packages/docs/pages/webhooks.md'

export function docsBlock(of: (marks: Readonly<Record<string, string>>, language: string) => boolean) {
  const block = listDocsBlocks().find((one) => one.page === page && of(one.marks, one.language))
  if (block === undefined) throw new Error(`${page} has no such block`)
  return block
}

/** The verifiers of the documentation, as a reader would paste them. */
export async function loadVerifiers(): Promise<{
  readonly byName: Readonly<Record<'library' | 'node' | 'python', Verify>>
  close(): void
}> {
  // Inside the repository, so that the package is found.
  const folder = mkdtempSync(join(import.meta.dirname, '.docs-run-'))
  const codeOf = (name: string) => docsBlock((marks) => marks.verifier === name).code
  const load = async (name: string): Promise<Verify> => {
    const file = join(folder, `${name}.ts`)
    writeFileSync(file, codeOf(name))
    const { verify } = await import(/* @vite-ignore */ pathToFileURL(file).href)
    return ({ headers, body }, secret) => verify(headers, body, secret)
  }
  const python = join(folder, 'verifier.py')
  writeFileSync(
    python,
    `${codeOf('python')}
import sys
headers, body, secret = json.load(sys.stdin)
print(json.dumps(verify(headers, body.encode(), secret)))
`,
  )
  const byPython: Verify = ({ headers, body }, secret) => {
    const input = JSON.stringify([headers, body, secret])
    return JSON.parse(execFileSync('python3', [python], { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] }))
  }
  return {
    byName: { library: await load('library'), node: await load('node'), python: byPython },
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}
