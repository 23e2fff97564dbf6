import { describe, expect, it } from 'vitest'
import { createPepper } from './pepper.ts'
import { pseudonymOf } from './pseudonym.ts'

const pepper = createPepper('an operator’s pepper')

describe('pseudonymOf', () => {
  it('is the same for a user at all times, and does not hold the id', () => {
    const pseudonym = pseudonymOf(pepper, 'user_1')
    expect(pseudonym).toMatch(/^ocu_[0-9a-f]{40}$/)
    expect(pseudonymOf(createPepper('an operator’s pepper'), 'user_1')).toBe(pseudonym)
  })

  it('differs between users, and between operators', () => {
    const all = [
      pseudonymOf(pepper, 'user_1'),
      pseudonymOf(pepper, 'user_2'),
      pseudonymOf(createPepper('another operator’s pepper'), 'user_1'),
    ]
    expect(new Set(all).size).toBe(3)
  })

  it('is no hash that stands for anything else', () => {
    expect(pseudonymOf(pepper, 'user_1').slice(4)).not.toBe(pepper.hash('secret', 'user_1').slice(0, 40))
  })
})
