import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createInFlight } from '../gateway/in-flight.ts'
import { systemClock } from '../kernel/clock.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { createMetrics } from './create-metrics.ts'

const folder = resolve(import.meta.dirname, '../../../../docs/operations')

let store: TestDatabase
let registered: ReadonlySet<string>

beforeAll(async () => {
  store = await openTestDatabase()
  const metrics = createMetrics({ db: store.db, clock: systemClock, inFlight: createInFlight() })
  registered = new Set(metrics.names())
})

afterAll(() => store.close())

/** Every metric that a text speaks of, by the name under which it is registered. */
function namesIn(text: string): readonly string[] {
  const found = text.match(/\b(opencredits|nodejs|process)_[a-z0-9_]+/g) ?? []
  return [...new Set(found.map((name) => (registered.has(name) ? name : name.replace(/_(bucket|sum|count)$/, ''))))]
}

interface Panel {
  readonly title: string
  readonly targets?: readonly { readonly expr: string }[]
}

function dashboardQueries(): string {
  const { panels } = JSON.parse(readFileSync(resolve(folder, 'grafana-dashboard.json'), 'utf8')) as {
    panels: readonly Panel[]
  }
  return panels.flatMap((panel) => panel.targets?.map((target) => target.expr) ?? []).join('\n')
}

describe('docs/operations', () => {
  it('the dashboard and the alerts ask for no metric that does not exist', () => {
    const alerts = readFileSync(resolve(folder, 'alerts.yaml'), 'utf8')
    const asked = namesIn(`${dashboardQueries()}\n${alerts}`)
    expect(asked.length).toBeGreaterThan(20)
    expect(asked.filter((name) => !registered.has(name))).toEqual([])
  })

  it('the dashboard shows every metric of ours', () => {
    const shown = new Set(namesIn(dashboardQueries()))
    expect([...registered].filter((name) => name.startsWith('opencredits_') && !shown.has(name))).toEqual([])
  })
})
