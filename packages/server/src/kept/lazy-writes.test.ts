import { describe, expect, it } from 'vitest'
import { createLazyWrites } from './lazy-writes.ts'

function writes() {
  const begun: string[] = []
  const ends: (() => void)[] = []
  const lazy = createLazyWrites((row: string) => {
    begun.push(row)
    return new Promise<void>((end) => ends.push(end))
  })
  const end = () => {
    for (const one of ends.splice(0)) one()
  }
  return { lazy, begun, end }
}
const pause = (ms: number) => new Promise((wait) => setTimeout(wait, ms))

describe('createLazyWrites', () => {
  it('writes together, a little later', async () => {
    const { lazy, begun } = writes()
    lazy.add('a', 'a1', 1)
    lazy.add('b', 'b1', 1)
    expect(begun).toEqual([])
    await pause(100)
    expect(begun).toEqual(['a1', 'b1'])
  })

  it('writes at once what somebody asks for, who waits for it', async () => {
    const { lazy, begun, end } = writes()
    await lazy.written('a')
    lazy.add('a', 'a1', 1)
    let isWritten = false
    const asked = lazy.written('a').then(() => {
      isWritten = true
    })
    expect(begun).toEqual(['a1'])
    await pause(5)
    expect(isWritten).toBe(false)
    end()
    await asked
    lazy.add('a', 'a2', 1)
    const again = lazy.written('a')
    expect(begun).toEqual(['a1', 'a2'])
    end()
    await again
  })

  it('keeps little in memory, and leaves nothing behind at the end', async () => {
    const { lazy, begun, end } = writes()
    lazy.add('a', 'large', 5 * 1024 * 1024)
    expect(begun).toEqual(['large'])
    lazy.add('b', 'b1', 1)
    const finished = lazy.finish()
    expect(begun).toEqual(['large', 'b1'])
    end()
    await finished
  })
})
