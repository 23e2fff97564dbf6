import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { pagePath, wireFormatsPage } from './wire-formats-page.ts'

it('the page of what may be in a request says what the tables say', () => {
  const page = readFileSync(join(resolve(import.meta.dirname, '..'), pagePath), 'utf8')
  expect(page, 'run npm run wire-formats').toBe(wireFormatsPage())
})
