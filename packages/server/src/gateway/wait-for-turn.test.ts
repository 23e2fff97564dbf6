import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createTurns } from './wait-for-turn.ts'

const answerTo = () => new ServerResponse(new IncomingMessage(new Socket()))

describe('createTurns', () => {
  it('lets so many in at once, each owner by itself, and the next as one ends', async () => {
    const wait = createTurns(2)
    const running: string[] = []
    const begin = async (name: string, owner = 'key') => {
      const response = answerTo()
      await wait(owner, response)
      running.push(name)
      return response
    }
    const [a, b] = await Promise.all([begin('a'), begin('b')])
    const [c, d] = [begin('c'), begin('d')]
    await begin('x', 'other')
    expect(running).toEqual(['a', 'b', 'x'])
    b.emit('close')
    const third = await c
    expect(running).toEqual(['a', 'b', 'x', 'c'])
    third.emit('close')
    a.emit('close')
    await d
    expect(running).toEqual(['a', 'b', 'x', 'c', 'd'])
  })

  it('lets nobody in for a client that has left, and refuses whoever waits too long', async () => {
    const wait = createTurns(1, 30)
    const first = answerTo()
    await wait('key', first)
    const [leaver, patient] = [answerTo(), answerTo()]
    const left = wait('key', leaver)
    const refused = wait('key', patient)
    leaver.emit('close')
    await expect(left).rejects.toMatchObject({ status: 429 })
    await expect(refused).rejects.toMatchObject({ status: 429, headers: { 'retry-after': '1' } })
    first.emit('close')
    await wait('key', answerTo())
  })
})
