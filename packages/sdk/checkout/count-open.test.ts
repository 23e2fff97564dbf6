import { beforeEach, expect, it, vi } from 'vitest'

const sent: string[] = []

beforeEach(() => {
  sent.length = 0
  localStorage.clear()
  vi.useFakeTimers({ now: Date.parse('2026-11-22T10:00:00Z') })
  Object.assign(navigator, { sendBeacon: (path: string) => sent.push(path) > 0 })
  return () => vi.useRealTimers()
})

/** The checkout's page, loaded anew. */
async function load() {
  vi.resetModules()
  return (await import('./count-open.ts')).countOpen
}

it('tells of an opening once a day, however often the checkout is opened and the page is loaded', async () => {
  const first = await load()
  first('oc_pk_1')
  first('oc_pk_1')
  const second = await load()
  second('oc_pk_1')
  expect(sent).toEqual(['/v1/checkout/opens'])
  vi.setSystemTime(Date.parse('2026-11-23T00:00:00Z'))
  second('oc_pk_1')
  second('oc_pk_2')
  expect(sent).toHaveLength(3)
})

it('counts a page once where the browser keeps nothing for its frame', async () => {
  const denied = () => {
    throw new DOMException('Access is denied for this document.', 'SecurityError')
  }
  vi.spyOn(globalThis, 'localStorage', 'get').mockImplementation(denied)
  const count = await load()
  count('oc_pk_1')
  count('oc_pk_1')
  expect(sent).toHaveLength(1)
  vi.restoreAllMocks()
})
