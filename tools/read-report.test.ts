import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readPlaywrightReport, readVitestReport } from './read-report.ts'

const folder = mkdtempSync(join(tmpdir(), 'opencredits-report-'))
afterAll(() => rmSync(folder, { recursive: true }))

function written(report: unknown): string {
  const file = join(folder, 'report.json')
  writeFileSync(file, JSON.stringify(report))
  return file
}

const file = (name: string, more: object) => ({ name, status: 'passed', message: '', assertionResults: [], ...more })
const test = (fullName: string, status: string, ...failureMessages: string[]) => ({ fullName, status, failureMessages })

describe('what is told of a run', () => {
  it('names the tests that failed, the files that did not load, and what needed a second try', () => {
    const found = readVitestReport(
      written({
        success: false,
        numPassedTests: 2,
        testResults: [
          file('a.test.ts', {
            status: 'failed',
            assertionResults: [
              test('holds', 'passed'),
              test('races', 'passed', 'Error: late'),
              test('breaks', 'failed', 'Error: 1 is not 2\n\n    at a.test.ts:3\n    at x/node_modules/y.js:1'),
            ],
          }),
          file('b.test.ts', { status: 'failed', message: 'SyntaxError: no' }),
        ],
      }),
    )
    expect(found).toEqual({
      passed: 2,
      failures: ['a.test.ts › breaks\n    Error: 1 is not 2\n        at a.test.ts:3', 'b.test.ts\n    SyntaxError: no'],
      shaky: ['a.test.ts › races\n    Error: late'],
    })
  })

  it('is never nothing where a run failed without a failed test', () => {
    const quiet = { success: false, numPassedTests: 5, testResults: [file('a.test.ts', {})] }
    expect(readVitestReport(written(quiet)).failures).toHaveLength(1)
  })

  it('is told of browser tests in every project and at every depth', () => {
    const run = (projectName: string, status: string, ...messages: string[]) => ({
      ...{ projectName, status },
      results: [...messages.map((message) => ({ error: { message } })), {}],
    })
    const tests = [run('default', 'unexpected', 'no button'), run('phone', 'flaky', 'slow'), run('real', 'expected')]
    const report = {
      stats: { expected: 1, flaky: 1 },
      errors: [{ message: 'a worker crashed' }],
      suites: [{ suites: [{ specs: [{ file: 'x.spec.ts', title: 'pays', tests }] }] }],
    }
    expect(readPlaywrightReport(written(report))).toEqual({
      passed: 2,
      failures: ['[default] x.spec.ts › pays\n    no button', 'outside of all tests\n    a worker crashed'],
      shaky: ['[phone] x.spec.ts › pays\n    slow'],
    })
  })
})
