import { readFileSync } from 'node:fs'

/** What a suite found. A failure is the name of a test and the first lines of why. */
export interface Findings {
  readonly passed: number
  readonly failures: readonly string[]
  /** The tests that passed only at their second try; they count as passed. */
  readonly shaky: readonly string[]
}

/** @param file as `vitest --reporter=json` writes it */
export function readVitestReport(file: string): Findings {
  const report: VitestReport = JSON.parse(readFileSync(file, 'utf8'))
  const tests = report.testResults.flatMap(({ name: path, assertionResults }) =>
    assertionResults.map((test) => ({ ...test, name: `${path} › ${test.fullName}` })),
  )
  const failedTests = tests.filter(({ status }) => status === 'failed')
  // A file that does not load, or whose set-up throws, has no failed test of its own.
  const failedFiles = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every(({ status }) => status !== 'failed'),
  )
  const failures = [
    ...failedTests.map(({ name, failureMessages }) => tell(name, failureMessages[0])),
    ...failedFiles.map(({ name, message }) => tell(name, message)),
  ]
  const isExplained = report.success || failures.length > 0
  return {
    passed: report.numPassedTests,
    failures: isExplained ? failures : ['an error outside of all tests (see above)'],
    shaky: tests
      .filter(({ status, failureMessages }) => status === 'passed' && failureMessages.length > 0)
      .map(({ name, failureMessages }) => tell(name, failureMessages[0])),
  }
}

/** @param file as Playwright's reporter `json` writes it */
export function readPlaywrightReport(file: string): Findings {
  const { stats, suites, errors }: PlaywrightReport = JSON.parse(readFileSync(file, 'utf8'))
  const runs = suites.flatMap(runsOf)
  const toldWith = (wanted: string) =>
    runs.filter(({ status }) => status === wanted).map(({ name, messages }) => tell(name, messages[0]))
  return {
    passed: stats.expected + stats.flaky,
    failures: [...toldWith('unexpected'), ...errors.map(({ message }) => tell('outside of all tests', message))],
    shaky: toldWith('flaky'),
  }
}

function runsOf({ specs = [], suites = [] }: PlaywrightSuite): readonly PlaywrightRun[] {
  const own = specs.flatMap(({ file, title, tests }) =>
    tests.map(({ projectName, status, results }) => ({
      name: `[${projectName}] ${file} › ${title}`,
      status,
      messages: results.flatMap(({ error }) => error?.message ?? []),
    })),
  )
  return [...own, ...suites.flatMap(runsOf)]
}

const linesTold = 6

function tell(name: string, why = ''): string {
  const lines = why.split('\n').filter((line) => line.trim() !== '' && !line.includes('/node_modules/'))
  return [name, ...lines.slice(0, linesTold).map((line) => `    ${line}`)].join('\n')
}

interface PlaywrightRun {
  readonly name: string
  readonly status: string
  readonly messages: readonly string[]
}

interface VitestReport {
  readonly success: boolean
  readonly numPassedTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

interface PlaywrightReport {
  readonly stats: { readonly expected: number; readonly flaky: number }
  readonly suites: readonly PlaywrightSuite[]
  readonly errors: readonly { readonly message: string }[]
}

interface PlaywrightSuite {
  readonly suites?: readonly PlaywrightSuite[]
  readonly specs?: readonly {
    readonly file: string
    readonly title: string
    readonly tests: readonly {
      readonly projectName: string
      readonly status: string
      readonly results: readonly { readonly error?: { readonly message: string } }[]
    }[]
  }[]
}
