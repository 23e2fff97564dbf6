import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { directiveNames, simulatedErrors } from '../packages/server/src/simulated/directives.ts'

const page = readFileSync(resolve(import.meta.dirname, '../packages/docs/pages/test-mode.md'), 'utf8')

/** What stands in the first column of the table that begins with this row. */
function firstColumn(heading: string): string {
  const [, table = ''] = page.split(heading)
  return (table.split('\n\n')[0] ?? '').replaceAll(/^\|([^|]*)\|.*$/gm, '$1')
}

it('has a row for every directive that a simulated model understands, and for every failure', () => {
  const directives = [...firstColumn('| directive |').matchAll(/`simulate:([a-z-]+)[=`]/g)].map(([, name]) => name)
  expect([...new Set(directives)].toSorted()).toEqual(directiveNames.toSorted())
  const errors = [...firstColumn('| `KIND` |').matchAll(/`([a-z_]+)`/g)].map(([, name]) => name)
  expect(errors.toSorted()).toEqual(simulatedErrors.toSorted())
})
