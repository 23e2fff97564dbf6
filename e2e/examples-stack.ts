import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, type FrameLocator, type Page } from '@playwright/test'
import { childEnvironment } from './child-environment.ts'

const root = resolve(import.meta.dirname, '..')

export interface ExamplesStack {
  readonly demoUrl: string
  readonly backendUrl: string
  /** Everything that was printed until the addresses were known. */
  readonly printed: string
  close(): Promise<void>
}

/** What `npm start` starts, on a store of its own and free ports. */
export async function startExamples(): Promise<ExamplesStack> {
  const folder = mkdtempSync(join(tmpdir(), 'opencredits-start-'))
  const main: ChildProcess = spawn(join(root, 'node_modules/.bin/node'), ['tools/start.ts'], {
    cwd: root,
    env: {
      ...childEnvironment(),
      PORT: '0',
      DATABASE_URL: `sqlite:${join(folder, 'start.db')}`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  const [demoUrl = '', backendUrl = ''] = await new Promise<readonly string[]>((ready, failed) => {
    main.once('exit', () => failed(new Error(printed)))
    const read = (data: Buffer) => {
      printed += data
      const found = [/the demo:\s+(\S+)/, /a backend:\s+(\S+)/].map((pattern) => pattern.exec(printed)?.[1])
      if (found.every((address) => address !== undefined) && printed.includes('Ctrl-C')) ready(found)
    }
    main.stderr?.on('data', read)
    main.stdout?.on('data', read)
  })
  return {
    demoUrl,
    backendUrl,
    printed,
    async close() {
      const exited = new Promise((done) => main.once('exit', done))
      main.kill('SIGTERM')
      await exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export function checkoutOf(page: Page): FrameLocator {
  return page.frameLocator('dialog iframe')
}

/** Pays in the checkout that is open, picking an amount first where one has to be picked. */
export async function payWithTestCard(page: Page, amount?: string): Promise<void> {
  const checkout = checkoutOf(page)
  if (amount !== undefined) {
    await checkout.getByRole('radio', { name: new RegExp(`^${amount} `) }).check()
    await checkout.getByRole('button', { name: 'Continue to payment' }).click()
  }
  const form = checkout.frameLocator('iframe[title="Secure payment"]')
  await form.getByLabel('Card number').fill('4242 4242 4242 4242')
  await form.getByLabel('Expiry').fill('12 / 34')
  await form.getByLabel('CVC').fill('123')
  await form.getByRole('button', { name: /^Pay/ }).click()
  await checkout.getByRole('button', { name: 'Not now' }).click()
  await expect(page.locator('dialog.opencredits-dialog')).toBeHidden()
}
