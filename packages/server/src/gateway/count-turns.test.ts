import { describe, expect, it } from 'vitest'
import { createCountTurns } from './count-turns.ts'

const soon = () => new Promise((done) => setTimeout(done, 5))

describe('createCountTurns', () => {
  it('counts only so much for one key at a time, in the order in which it is asked', async () => {
    const turns = createCountTurns(2)
    const begun: number[] = []
    let running = 0
    let most = 0
    const count = (index: number) =>
      turns.run('key_1', 5_000, async () => {
        begun.push(index)
        running += 1
        most = Math.max(most, running)
        await soon()
        running -= 1
        return index
      })
    expect(await Promise.all([1, 2, 3, 4, 5].map(count))).toEqual([1, 2, 3, 4, 5])
    expect([begun, most]).toEqual([[1, 2, 3, 4, 5], 2])
  })

  it('lets no key wait for another', async () => {
    const turns = createCountTurns(1)
    const stuck = turns.run('key_1', 200, () => new Promise(() => {}))
    expect(await turns.run('key_2', 5_000, async () => 7)).toBe(7)
    expect(await stuck).toBeNull()
  })

  it('gives up what is late, in the count or in the queue, and goes on', async () => {
    const turns = createCountTurns(1)
    let deadline: AbortSignal | null = null
    const slow = turns.run('key_1', 50, (signal) => {
      deadline = signal
      return new Promise(() => {})
    })
    const waiting = turns.run('key_1', 20, async () => 1)
    expect(await waiting).toBeNull()
    expect(await slow).toBeNull()
    expect(deadline).toMatchObject({ aborted: true })
    expect(await turns.run('key_1', 5_000, async () => 2)).toBe(2)
  })

  it('gives its turn back when a count fails', async () => {
    const turns = createCountTurns(1)
    await expect(turns.run('key_1', 5_000, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    expect(await turns.run('key_1', 5_000, async () => 2)).toBe(2)
  })
})
