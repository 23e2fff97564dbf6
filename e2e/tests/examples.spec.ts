import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, type Page, test } from '@playwright/test'

/** What `npm start` starts, used as the README says: the examples cannot rot. */
const root = resolve(import.meta.dirname, '../..')
let main: ChildProcess
let folder: string
let addresses: readonly string[]

test.describe.configure({ mode: 'serial' })

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'opencredits-start-'))
  main = spawn(join(root, 'node_modules/.bin/node'), ['tools/start.ts'], {
    cwd: root,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      PORT: '0',
      DATABASE_URL: `sqlite:${join(folder, 'start.db')}`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  addresses = await new Promise((ready, failed) => {
    main.once('exit', () => failed(new Error(output)))
    main.stderr?.on('data', (data) => {
      output += data
    })
    main.stdout?.on('data', (data) => {
      output += data
      const found = [/plain page:\s+(\S+)/, /a backend:\s+(\S+)/].map((pattern) => pattern.exec(output)?.[1])
      if (found.every((address) => address !== undefined)) ready(found.map(String))
    })
  })
})

test.afterAll(async () => {
  const exited = new Promise((done) => main.once('exit', done))
  main.kill('SIGTERM')
  await exited
  rmSync(folder, { recursive: true, force: true })
})

async function buy(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Buy credits' }).click()
  const frame = page.frameLocator('dialog iframe')
  await expect(frame.getByText('Sandbox: no real money')).toBeVisible()
  await frame.getByRole('button', { name: 'Continue to payment' }).click()
  const form = frame.frameLocator('iframe[title="Secure payment"]')
  await form.getByLabel('Card number').fill('4242 4242 4242 4242')
  await form.getByLabel('Expiry').fill('12 / 34')
  await form.getByLabel('CVC').fill('123')
  await form.getByRole('button', { name: /^Pay/ }).click()
  await frame.getByRole('button', { name: 'Done' }).click()
}

test('the plain page: buy, ask, see the answer stream and what it cost', async ({ page }) => {
  await page.goto(addresses[0] ?? '')
  await buy(page)
  await expect(page.locator('#balance')).toHaveText('1,000 credits')
  await page.getByRole('button', { name: 'Ask' }).click()
  await expect(page.locator('#answer')).toContainText('You asked: “Why is the sky blue?”')
  await expect(page.locator('#cost')).toHaveText(/This answer cost 0\.\d+ credits\./)
  await expect(page.locator('#balance')).toHaveText(/^999\.\d+ credits$/)
  await page.reload()
  await expect(page.locator('#balance')).toHaveText(/^999\.\d+ credits$/)
})

test('the app with a backend: the key stays on the server', async ({ page }) => {
  await page.goto(addresses[1] ?? '')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(page.locator('dialog')).toBeVisible()
  await expect(page.frameLocator('dialog iframe').getByRole('heading', { name: 'Add credits' })).toBeVisible()
  await page.frameLocator('dialog iframe').getByRole('button', { name: 'Close' }).click()
  await buy(page)
  await expect(page.locator('#balance')).toHaveText('1,000 credits')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(page.locator('#answer')).toContainText('Explain quantum computing')
  await expect(page.locator('#balance')).toHaveText(/^999\.\d+ credits$/)
})
