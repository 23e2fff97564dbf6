import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pagePath, wireFormatsPage } from './wire-formats-page.ts'

writeFileSync(join(resolve(import.meta.dirname, '..'), pagePath), wireFormatsPage())
