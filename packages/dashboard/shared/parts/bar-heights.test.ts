import { describe, expect, it } from 'vitest'
import { layOutBars, roundUpForAxis } from './bar-heights.ts'

describe('layOutBars', () => {
  it('gives the largest the whole height, and each its part of it', () => {
    expect(layOutBars([1, 4, 2]).map(({ height }) => height)).toEqual([25, 100, 50])
  })

  it('measures by the top of an axis where there is one', () => {
    expect(layOutBars([1, 4], 5).map(({ height }) => height)).toEqual([20, 80])
  })

  it('shows the smallest, and nothing where nothing was spent', () => {
    expect(layOutBars([0, 0.001, 1000]).map(({ height }) => height)).toEqual([0, 1.5, 100])
    expect(layOutBars([0, 0]).map(({ height }) => height)).toEqual([0, 0])
    expect(layOutBars([])).toEqual([])
  })

  it('stays inside of the picture and apart', () => {
    for (const count of [1, 7, 30, 90, 366]) {
      const bars = layOutBars(Array.from({ length: count }, () => 1))
      for (const [index, { left, width }] of bars.entries())
        expect(left + width).toBeLessThan((bars[index + 1]?.left ?? 100) + 1e-9)
    }
  })
})

describe('roundUpForAxis', () => {
  it.each([
    [0, 1],
    [0.442, 0.5],
    [1, 1],
    [1.2, 2],
    [2.2, 2.5],
    [499, 500],
    [501, 1000],
    [0.3, 0.5],
  ])('%d is under %d', (largest, top) => expect(roundUpForAxis(largest)).toBeCloseTo(top, 9))
})
