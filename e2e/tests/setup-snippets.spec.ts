import { serverSnippets, writeSnippets } from '../../packages/dashboard/partner/pages/setup/write-snippets.ts'
import type { PartnerSetup } from '../../packages/protocol/src/index.ts'
import { createShop, expect, test } from '../fixtures.ts'
import { buyCredits, direct } from '../process/api-client.ts'
import { bundleReactApp, startReactApp } from '../react-app.ts'
import { runProgram } from '../run-docs-block.ts'
import type { PartnerKeys, Stack } from '../stack.ts'

/** The console's snippets are run as they are copied there. The page of HTML is the one of first-purchase.spec.ts. */
async function snippetOf(stack: Stack, partner: PartnerKeys, id: string, baseUrl: string): Promise<string> {
  const answer = await fetch(`${direct(stack)}/v1/partner/setup`, {
    headers: { authorization: `Bearer ${partner.secret_key}` },
  })
  const { snippet } = (await answer.json()) as PartnerSetup
  expect(snippet).toMatchObject({ publishable_key: partner.publishable_key, base_url: stack.url })
  return writeSnippets({ ...snippet, base_url: baseUrl }).find((one) => one.id === id)?.text ?? ''
}

test('on a server: Node.js, Python and curl call with the key of a user', async ({ stack, partner }) => {
  const { userKey } = await buyCredits(stack, partner, 5)
  const environment = { USER_KEY: userKey }
  expect(serverSnippets).toEqual(['node', 'python', 'curl'])
  const run = async (id: string, file: string, key = userKey) =>
    runProgram(file, await snippetOf(stack, partner, id, direct(stack)), { ...environment, USER_KEY: key })
  expect(await run('node', 'ask.mjs')).toMatch(/\w+.*\ncost 0\.\d+ credits\n$/s)
  expect(await run('python', 'ask.py')).toMatch(/\w+.*\ncost 0\.\d+ credits\n$/s)
  expect(JSON.parse(await run('curl', 'ask.sh'))).toMatchObject({ choices: [{ finish_reason: 'stop' }] })
  // What is refused is said in the server's own words.
  const refused = { stderr: expect.stringContaining('publishable key') }
  await expect(run('node', 'ask.mjs', partner.publishable_key)).rejects.toMatchObject(refused)
  await expect(run('python', 'ask.py', partner.publishable_key)).rejects.toMatchObject(refused)
})

test('in an app of React: a question that nobody can pay for yet is asked again after the purchase', async ({
  page,
  site,
  stack,
}) => {
  const app = await startReactApp()
  const partner = stack.createPartner({ origins: [app.origin] })
  const snippet = await snippetOf(stack, partner, 'react', stack.url)
  app.script = await bundleReactApp(`${snippet}
import { createRoot } from 'react-dom/client'
createRoot(document.getElementById('root')).render(<App />)`)
  const shop = createShop(page, site, partner)
  await page.goto(app.origin)
  await page.getByRole('button', { name: 'Ask a question' }).click()
  await shop.pickAndContinue()
  await shop.fillCard(shop.stripe)
  await expect(async () => {
    await shop.frame.getByRole('button', { name: 'Not now' }).click({ timeout: 1_000 })
    await expect(page.locator('dialog iframe')).toBeHidden({ timeout: 1_000 })
  }).toPass()
  await expect(page.getByRole('status')).not.toHaveText(/^(Thinking …|No credits.*|)$/)
  await expect(page.getByText(/You have 999\.\d+ credits/)).toBeVisible()
  await page.getByRole('button', { name: 'Buy credits' }).click()
  await expect(shop.frame.getByRole('heading', { name: 'Add credits' })).toBeVisible()
  await app.close()
})
