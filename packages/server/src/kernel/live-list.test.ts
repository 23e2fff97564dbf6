import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LiveList } from './live-list.ts'

describe('LiveList', () => {
  it('holds what was put in and not taken out, in whichever order that happens', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 9 })), (steps) => {
        const list = new LiveList<number>()
        const leaves: (() => void)[] = []
        const expected = new Set<number>()
        for (const [step, choice] of steps.entries()) {
          if (choice < 5) {
            leaves.push(list.add(step))
            expected.add(step)
          } else {
            // Of those that may have left already as well.
            const index = (choice * 7 + step) % Math.max(1, leaves.length)
            const member = [...steps.entries()].filter(([, one]) => one < 5)[index]?.[0]
            leaves[index]?.()
            if (member !== undefined && index < leaves.length) expected.delete(member)
          }
        }
        expect(new Set(list)).toEqual(expected)
        expect(list.size).toBe(expected.size)
      }),
    )
  })
})
