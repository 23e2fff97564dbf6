import { describe, expect, it } from 'vitest'
import { createPepper } from '../keys/pepper.ts'
import { partnerUserId } from './partner-user.ts'

const pepper = createPepper('a pepper')

describe('partnerUserId', () => {
  it('is the same for a partner every time', () =>
    expect(partnerUserId(pepper, 'par_1', 'usr_1')).toMatch(/^pu_[0-9a-f]{32}$/))

  it('is another one for another partner, another user and another installation', () => {
    const ids = [
      partnerUserId(pepper, 'par_1', 'usr_1'),
      partnerUserId(pepper, 'par_2', 'usr_1'),
      partnerUserId(pepper, 'par_1', 'usr_2'),
      partnerUserId(createPepper('another pepper'), 'par_1', 'usr_1'),
    ]
    expect(new Set(ids).size).toBe(ids.length)
  })
})
