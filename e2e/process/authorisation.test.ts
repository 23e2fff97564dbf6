import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { routesOfApp } from '../../packages/server/src/test-routes.ts'
import type { PartnerKeys, Stack } from '../stack.ts'
import { call, verifyLedger } from './api-client.ts'
import type { MatrixRow } from './authorisation-cells.ts'
import { authorisationMatrix } from './authorisation-table.ts'
import { type Cast, makeCast, type Role, roles } from './cast.ts'
import { openPeopleStore, type PeopleStore } from './people-store.ts'
import { startProcessStack } from './process-stack.ts'
import { fromFrame } from './sign-in.ts'
import { walletEnvironment } from './wallets.ts'

/** Who may do what: every route of the server, and everybody who may come. A new route is a new line in the table. */
let stack: Stack
let store: PeopleStore
let apps: readonly [PartnerKeys, PartnerKeys]

beforeAll(async () => {
  stack = await startProcessStack({ ...walletEnvironment, ADDRESS_REQUESTS_PER_MINUTE: '100000', BATCH_POLL_MS: '100' })
  apps = [
    stack.createPartner({ origins: ['https://app.example'] }),
    stack.createPartner({ name: 'Another app', origins: ['https://other.example'] }),
  ]
  store = openPeopleStore(stack)
}, 60_000)

afterAll(async () => {
  expect(verifyLedger(stack)).toMatchObject({ ok: true, openHolds: 0 })
  await store.close()
  await stack.close()
})

describe('who may do what', () => {
  it('is said of every route', () => {
    const served = routesOfApp().map(({ method, spellings }) => `${method} ${spellings[0]}`)
    expect(Object.keys(authorisationMatrix).toSorted()).toEqual([...new Set(served)].toSorted())
  })

  it.each(Object.entries(authorisationMatrix))('%s', async (route, row) => {
    const answers: Partial<Record<Role, string>> = {}
    // The one who may end the key or the session comes last.
    const last = roles.filter((role) => row.cells[role].startsWith('2'))
    const cast = await makeCast(store, apps, fromFrame(stack))
    for (const role of [...roles.filter((one) => !last.includes(one)), ...last])
      answers[role] = await answerTo(route, row, { cast, role })
    expect(answers).toEqual(row.cells)
  })
})

async function answerTo(
  route: string,
  row: MatrixRow,
  { cast, role }: { readonly cast: Cast; readonly role: Role },
): Promise<string> {
  const [method = '', template = ''] = route.split(' ')
  const asked = (await row.ask?.({ stack, app: apps[0], cast })) ?? {}
  const path = template.replace('{id}', asked.id ?? 'none') + (asked.query ?? '')
  const answer = await call(stack, method.toUpperCase(), path, {
    headers: {
      ...cast.headers[role],
      ...(asked.body === undefined ? { 'content-type': 'application/json' } : {}),
      ...asked.headers,
    },
    ...(asked.body === undefined ? {} : { body: asked.body }),
  })
  const error = answer.body.error as { readonly type?: string } | undefined
  return error?.type === undefined ? String(answer.status) : `${answer.status} ${error.type}`
}
