import { describe, expect, it } from 'vitest'
import { createStreamsAtOnce } from './stream-answer.ts'

async function* endless() {
  for (;;) yield 'frame'
}

describe('createStreamsAtOnce', () => {
  it('lets many streams share the pace of twenty, as long as they run', async () => {
    const streams = createStreamsAtOnce()
    const running = Array.from({ length: 40 }, () => streams.count(endless()))
    expect(streams.pauseOf(10)).toBe(10)
    for (const stream of running.slice(0, 20)) await stream.next()
    expect(streams.pauseOf(10)).toBe(10)
    for (const stream of running) await stream.next()
    expect(streams.pauseOf(10)).toBe(20)
    for (const stream of running) await stream.return(undefined)
    expect(streams.pauseOf(10)).toBe(10)
  })
})
