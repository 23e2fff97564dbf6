import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { buildDashboardIfStale } from './build-dashboard.ts'
import { buildDocsIfStale } from './build-docs.ts'
import { buildSdkIfStale } from './build-sdk.ts'
import { findOrInstallBrowser } from './find-browser.ts'
import { type Findings, readPlaywrightReport, readVitestReport } from './read-report.ts'

/** Every check there is, one after the other; at the end the failures by name, and in the last line the total. */

const root = resolve(import.meta.dirname, '..')
const reports = mkdtempSync(join(tmpdir(), 'opencredits-test-'))
const all = { passed: 0, failures: [] as string[], shaky: [] as string[] }

check('Types are right on the server', ['tsc', '-p', 'tsconfig.json'])
check('Types are right in the browser', ['tsc', '-p', 'tsconfig.browser.json'])
check('Format and lint are clean', ['biome', 'ci', '.'])
buildSdkIfStale()
buildDashboardIfStale()
buildDocsIfStale()
suite(
  'Unit and integration tests',
  ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${join(reports, 'vitest.json')}`],
  () => readVitestReport(join(reports, 'vitest.json')),
)
const browser = findOrInstallBrowser()
suite(
  'End to end, in a browser',
  ['playwright', 'test', '--config', 'e2e/playwright.config.ts'],
  () => readPlaywrightReport(join(reports, 'playwright.json')),
  {
    PLAYWRIGHT_JSON_OUTPUT_FILE: join(reports, 'playwright.json'),
    ...(browser === null ? {} : { CHROMIUM_PATH: browser }),
  },
)
rmSync(reports, { recursive: true, force: true })
list('Passed only at the second try', all.shaky)
list('Failed', all.failures)
process.stdout.write(`\n${all.passed} passed, ${all.failures.length} failed\n`)
process.exitCode = all.failures.length === 0 ? 0 : 1

function check(claim: string, command: readonly string[]): void {
  const isFine = run(claim, command) === 0
  add(isFine ? { passed: 1, failures: [], shaky: [] } : { passed: 0, failures: [claim], shaky: [] })
}

/** A suite that ends badly without a failed test (it crashed, or ran none) is one failure of its own. */
function suite(
  claim: string,
  command: readonly string[],
  read: () => Findings,
  environment: Record<string, string> = {},
): void {
  const status = run(claim, command, environment)
  const found = readIfThere(read)
  add(found)
  if (found.failures.length === 0 && (status !== 0 || found.passed === 0)) {
    add({ passed: 0, failures: [claim], shaky: [] })
  }
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

function add({ passed, failures, shaky }: Findings): void {
  all.passed += passed
  all.failures.push(...failures)
  all.shaky.push(...shaky)
}

function list(title: string, tests: readonly string[]): void {
  if (tests.length > 0) process.stdout.write(`\n── ${title}\n${tests.join('\n')}\n`)
}

function readIfThere(read: () => Findings): Findings {
  try {
    return read()
  } catch {
    return { passed: 0, failures: [], shaky: [] }
  }
}
