import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { isReady, listDocsBlocks, placeOf } from '../../tools/docs-blocks.ts'
import { createShop, expect, test } from '../fixtures.ts'
import { buyCredits, call, direct } from '../process/api-client.ts'
import { fillIn, runDocsBlock } from '../run-docs-block.ts'
import { freePort, type Stack } from '../stack.ts'

/** What the documentation tells people to paste is pasted, on one installation. `docs/clients` has a test of its own. */
const blocks = listDocsBlocks().filter((block) => isReady(block) && block.marks['run-by'] === undefined)
const fragments = blocks.filter(({ language, marks }) => language === 'html' && marks.run === undefined)
const commands = blocks.filter(
  ({ page, language, marks }) => !page.startsWith('docs/clients/') && (language === 'sh' || marks.run === 'node'),
)
const quickStart = blocks.filter(
  ({ page, marks }) => marks.run === 'quick-start' && page.startsWith('packages/docs/pages/snippets/'),
)
const nodePath = resolve(import.meta.dirname, '../../node_modules/.bin/node')

test('the page and the server of the quick start sell credits, and ask again after a 402', async ({ page, stack }) => {
  const folder = mkdtempSync(join(tmpdir(), 'opencredits-quick-start-'))
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const partner = stack.createPartner({ name: 'My app', origins: [origin] })
  for (const { code, marks } of quickStart) {
    const address = marks.file === 'index.html' ? stack.url : direct(stack)
    const here = fillIn(code, { partner }, address).replaceAll('3000', String(port))
    writeFileSync(join(folder, marks.file ?? ''), here)
  }
  const server = spawn(nodePath, ['server.mjs'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    await printed(server, origin)
    await page.goto(origin)
    const { frame, stripe, fillCard } = createShop(
      page,
      { origin, address: () => origin, close: async () => {} },
      partner,
    )
    const topUp = async (amount: RegExp) => {
      await frame.getByRole('radio', { name: amount }).check()
      await frame.getByRole('button', { name: 'Continue to payment' }).click()
      const saved = page.waitForResponse(/save-credits-key/)
      await fillCard(stripe)
      await saved
      await frame.getByRole('button', { name: 'Not now' }).click()
    }
    // Nothing was bought yet: the question leads to the checkout, and is answered after it.
    await page.getByRole('button', { name: 'Ask' }).click()
    await topUp(/^5 dollars/)
    await expect(page.getByRole('status')).toContainText(/\w+ \w+/)
    const first = String(await page.getByRole('status').textContent())
    // A question that what is left does not cover: the same, and the server has the key by now.
    const userKey = String(await page.evaluate('OpenCredits.getUserKey()'))
    for (const _call of [1, 2]) await spend(stack, userKey)
    await page.getByLabel('Your question').fill('word '.repeat(40_000))
    await page.getByRole('button', { name: 'Ask' }).click()
    // The number comes in the body of the 402.
    await expect(frame.getByText(/The next request needs about/)).toBeVisible()
    await topUp(/^10 dollars/)
    await expect(page.getByRole('status')).not.toHaveText(first)
  } finally {
    server.kill()
    rmSync(folder, { recursive: true, force: true })
  }
})

test('every piece of HTML in the documentation opens the checkout', async ({ page, stack }) => {
  expect(fragments.length).toBeGreaterThan(4)
  const problems: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  page.on('pageerror', (error) => problems.push(String(error)))
  const checkout = page.frameLocator('dialog iframe')
  let shown = ''
  const server = createServer((_request, response) => void response.setHeader('content-type', 'text/html').end(shown))
  const port = await freePort()
  server.listen(port, '127.0.0.1')
  const partner = stack.createPartner({ origins: [`http://localhost:${port}`] })
  for (const block of fragments) {
    await test.step(placeOf(block), async () => {
      shown = pageOf(fillIn(block.code, { partner }, stack.url))
      await page.goto(`http://localhost:${port}`)
      await page.getByRole('button', { name: 'Buy credits' }).click()
      if (block.marks.expect === 'checkout-url') {
        await expect(page.getByRole('link', { name: 'Go to payment' })).toHaveAttribute('href', /^http/)
      } else if (block.marks.expect === 'payment') {
        await expect(checkout.frameLocator('iframe').getByLabel('Card number')).toBeVisible()
      } else {
        await expect(checkout.getByRole('heading', { name: /Add credits/ })).toBeVisible()
      }
      expect(problems).toEqual([])
    })
  }
  server.closeAllConnections()
  server.close()
})

test('every command and every program for a server runs', async ({ stack, partner }) => {
  // Each starts a process of its own, one after the other.
  test.setTimeout(120_000)
  expect(commands.length).toBeGreaterThan(6)
  const { userKey } = await buyCredits(stack, partner, 50)
  for (const block of commands) {
    await test.step(placeOf(block), async () => {
      const output = await runDocsBlock(block, { stack, partner, userKey })
      expect(output, placeOf(block)).not.toBe('')
    })
  }
})

/** A long answer of a dear model: almost half of five dollars. */
async function spend(stack: Stack, key: string): Promise<void> {
  const messages = [{ role: 'user', content: '[[sandbox: tokens=30000]]' }]
  const body = { model: 'anthropic/claude-opus-4-1-20250805', max_tokens: 32_000, messages }
  const answer = await call(stack, 'POST', '/v1/messages', { key, body })
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
}

function pageOf(body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>App</title><link rel="icon" href="data:,">${body}</html>`
}

function printed(child: ChildProcess, text: string): Promise<void> {
  return new Promise((found, failed) => {
    child.once('exit', (code) => failed(new Error(`the server of the quick start ended with ${code}`)))
    child.stdout?.on('data', (data: Buffer) => data.toString().includes(text) && found())
  })
}
