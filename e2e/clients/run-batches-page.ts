import { listDocsBlocks } from '../../tools/docs-blocks.ts'
import { runDocsBlock } from '../run-docs-block.ts'
import type { Customer } from './customer.ts'

/** Runs what `docs/clients/batches.md` shows for a package, with less patience. @returns what it printed */
export async function runBatchesPage(
  { stack, partner, key }: Customer,
  family: 'anthropic' | 'openai',
): Promise<string> {
  const block = listDocsBlocks().find(
    ({ page, marks }) => page.endsWith('/batches.md') && marks['run-by'] === `e2e/clients/${family}-kept.test.ts`,
  )
  if (block === undefined) throw new Error('the page has no such block')
  const quick = { ...block, code: block.code.replace('60_000', '50') }
  return runDocsBlock(quick, { stack, partner, userKey: key })
}
