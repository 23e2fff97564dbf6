import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { isReady, listDocsBlocks, placeOf } from '../../tools/docs-blocks.ts'
import { createShop, expect, test } from '../fixtures.ts'
import { buyCredits, direct } from '../process/api-client.ts'
import { fillIn, runDocsBlock } from '../run-docs-block.ts'
import { freePort } from '../stack.ts'

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
  test.slow()
  const folder = mkdtempSync(join(tmpdir(), 'opencredits-quick-start-'))
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const partner = stack.createPartner({ name: 'My app', origins: [origin] })
  stack.cli('partner', 'update', partner.id, '--default-model', 'openai/gpt-4o')
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
    const posts: string[] = []
    page.on('request', (request) => posts.push(`${request.method()} ${new URL(request.url()).pathname}`))
    const keysSaved = () => posts.filter((post) => post === 'POST /api/save-credits-key').length
    const pay = async () => {
      await frame.getByRole('button', { name: 'Continue to payment' }).click()
      await fillCard(stripe)
      // The frame takes the height of the new screen a moment after it shows it: a click in between hits nothing.
      const notNow = frame.getByRole('button', { name: 'Not now' })
      await expect(notNow).toBeVisible()
      await expect(async () => {
        await notNow.click({ timeout: 1_000 })
        await expect(notNow).toBeHidden({ timeout: 1_000 })
      }).toPass()
    }
    const answer = page.getByRole('status')
    const ask = page.getByRole('button', { name: 'Ask' })
    // Nothing was bought yet: the question leads to the checkout. Who closes it is told what came of it.
    await ask.click()
    await expect(frame.getByText('Enough for about')).toContainText('GPT-4o')
    await expect(answer).toHaveText('Thinking …')
    await expect(page.locator('#send')).toBeDisabled()
    await frame.getByRole('button', { name: 'Close' }).click()
    await expect(answer).toHaveText('No credits were added, so the question was not asked.')
    await ask.click()
    await frame.getByLabel('Other amount in USD').fill('1')
    await pay()
    await expect(answer).not.toHaveText(/^(Thinking …|No credits.*|)$/)
    await expect(ask).toBeEnabled()
    expect(keysSaved()).toBe(1)
    // As the page says it: a question that what is left does not cover. The number comes in the body of the 402.
    const runOut = listDocsBlocks().find(({ page: path, language }) => /quick-start/.test(path) && language === 'text')
    await page.evaluate(`void (async () => { ${runOut?.code} })()`)
    // Three answers to 120,000 words each come first.
    await expect(frame.getByText(/The next request needs about/)).toBeVisible({ timeout: 60_000 })
    await frame.getByRole('radio', { name: /^10 dollars/ }).check()
    await pay()
    // Refused twice for want of credits, answered, answered three times, refused, answered.
    await expect.poll(() => posts.filter((post) => post === 'POST /api/chat').length).toBe(3 + 4 + 1)
    expect(keysSaved()).toBe(2)
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

function pageOf(body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>App</title><link rel="icon" href="data:,">${body}</html>`
}

function printed(child: ChildProcess, text: string): Promise<void> {
  return new Promise((found, failed) => {
    child.once('exit', (code) => failed(new Error(`the server of the quick start ended with ${code}`)))
    child.stdout?.on('data', (data: Buffer) => data.toString().includes(text) && found())
  })
}
