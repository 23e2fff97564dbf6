// @vitest-environment node
import { expect, it } from 'vitest'

it('importing the package on a server touches nothing, and init alone does no harm', async () => {
  expect(typeof window).toBe('undefined')
  const { OpenCredits, version } = await import('./index.ts')
  expect(OpenCredits.version).toBe(version)
  expect(OpenCredits.getUserKey()).toBeNull()
  expect(() => OpenCredits.init({ publishableKey: 'oc_pk_x' })).not.toThrow()
  expect(OpenCredits.getUserKey()).toBeNull()
})
