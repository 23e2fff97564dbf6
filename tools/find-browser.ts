import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

const systemBrowsers = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/**
 * The browser for the end-to-end tests: the system's Chromium, installed with apt where that can be done, else
 * Playwright's own download.
 * @returns the path of a system browser, or null where Playwright's own is to be used.
 */
export function findOrInstallBrowser(): string | null {
  const known = findSystemBrowser()
  if (known !== null) return known
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    process.stdout.write('Installing Chromium …\n')
    run('apt-get', ['update', '-qq'])
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-liberation'])
    const installed = findSystemBrowser()
    if (installed !== null) return installed
  }
  process.stdout.write('Installing Playwright’s Chromium …\n')
  run(join(resolve(import.meta.dirname, '..'), 'e2e/node_modules/.bin/playwright'), [
    'install',
    '--with-deps',
    'chromium',
  ])
  return null
}

function findSystemBrowser(): string | null {
  const wanted = process.env.CHROMIUM_PATH
  if (wanted !== undefined && wanted !== '') return wanted
  return systemBrowsers.find((path) => existsSync(path)) ?? null
}

function run(command: string, args: readonly string[]): void {
  spawnSync(command, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
}
