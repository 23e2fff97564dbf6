import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { buildDashboardIfStale } from './build-dashboard.ts'
import { buildDocsIfStale } from './build-docs.ts'
import { buildSdkIfStale } from './build-sdk.ts'
import { findOrInstallBrowser } from './find-browser.ts'

/** Every check there is, one after the other; the last line is the total. */

const root = resolve(import.meta.dirname, '..')
const reports = mkdtempSync(join(tmpdir(), 'opencredits-test-'))
const total = { passed: 0, failed: 0 }

interface Count {
  readonly passed: number
  readonly failed: number
}

check('Types are right on the server', ['tsc', '-p', 'tsconfig.json'])
check('Types are right in the browser', ['tsc', '-p', 'tsconfig.browser.json'])
check('Format and lint are clean', ['biome', 'ci', '.'])
buildSdkIfStale()
buildDashboardIfStale()
buildDocsIfStale()
suite(
  'Unit and integration tests',
  ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${join(reports, 'vitest.json')}`],
  countVitest,
)
const browser = findOrInstallBrowser()
suite('End to end, in a browser', ['playwright', 'test', '--config', 'e2e/playwright.config.ts'], countPlaywright, {
  PLAYWRIGHT_JSON_OUTPUT_FILE: join(reports, 'playwright.json'),
  ...(browser === null ? {} : { CHROMIUM_PATH: browser }),
})
rmSync(reports, { recursive: true, force: true })
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`)
process.exitCode = total.failed === 0 ? 0 : 1

function check(claim: string, command: readonly string[]): void {
  const isFine = run(claim, command) === 0
  add(isFine ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 })
}

/** A suite that ends badly without a failed test (it crashed, or ran none) is one failure of its own. */
function suite(
  claim: string,
  command: readonly string[],
  count: () => Count,
  environment: Record<string, string> = {},
): void {
  const status = run(claim, command, environment)
  const counted = readCount(count)
  add(counted)
  if (counted.failed === 0 && (status !== 0 || counted.passed === 0)) add({ passed: 0, failed: 1 })
}

function run(claim: string, command: readonly string[], environment: Record<string, string> = {}): number {
  process.stdout.write(`\n── ${claim}\n`)
  const [program = '', ...args] = command
  const folder = program === 'playwright' ? 'e2e/node_modules/.bin' : 'node_modules/.bin'
  const result = spawnSync(join(root, folder, program), args, {
    cwd: root,
    stdio: 'inherit',
    env: { NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compiled'), ...process.env, ...environment },
  })
  return result.status ?? 1
}

function add(count: Count): void {
  total.passed += count.passed
  total.failed += count.failed
}

function readCount(count: () => Count): Count {
  try {
    return count()
  } catch {
    return { passed: 0, failed: 0 }
  }
}

function countVitest(): Count {
  const report = JSON.parse(readFileSync(join(reports, 'vitest.json'), 'utf8'))
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + (report.success || report.numFailedTests > 0 ? 0 : 1),
  }
}

function countPlaywright(): Count {
  const { stats } = JSON.parse(readFileSync(join(reports, 'playwright.json'), 'utf8'))
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected }
}
