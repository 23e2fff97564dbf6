import { expect, it } from 'vitest'
import { bodyOwnerOf } from './body-owner.ts'

it('a body of the test world is paid by nobody, and its app’s users have room together', () => {
  const of = { userId: 'usr_1', partnerId: 'par_1' }
  expect(bodyOwnerOf({ ...of, livemode: true }, true)).toEqual({ name: 'usr_1', isPaying: true })
  expect(bodyOwnerOf({ ...of, livemode: false }, true)).toEqual({ name: 'par_1', isPaying: false })
})
