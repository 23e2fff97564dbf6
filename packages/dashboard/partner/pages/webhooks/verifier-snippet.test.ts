import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { verifierSnippet } from './verifier-snippet.ts'

it('is the verifier of the documentation, which runs against real webhooks', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/pages/webhooks.md'), 'utf8')
  const [, documented = ''] = page.match(/```ts [^\n]*verifier=node\n([\s\S]*?)```/) ?? []
  const untyped = documented
    .replace('type Headers = Record<string, string>\n\n', '')
    .replaceAll(/: (Headers|string)\b/g, '')
  expect(verifierSnippet).toBe(untyped.trim())
})
