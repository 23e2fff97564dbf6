import { palette } from '@opencredits/protocol'
import { describe, expect, it } from 'vitest'
import { applyAppearance, contrast, readableOn } from './appearance.ts'

describe('applyAppearance', () => {
  it.each([
    ['#4338ca', '#fff'],
    ['#000000', '#fff'],
    ['#ffd54a', '#000'],
    ['#ffffff', '#000'],
  ])('writes on %s in %s', (color, words) => {
    applyAppearance('light', color)
    expect(document.documentElement.style.getPropertyValue('--on-accent')).toBe(words)
    expect(document.documentElement.dataset.theme).toBe('light')
  })
})

describe('readableOn', () => {
  const colors = ['#000000', '#ffffff', '#ffd54a', '#ff0000', '#00ff88', '#4338ca', '#777777', '#0b1020', '#fefefe']
  it.each(['light', 'dark'] as const)('can be read on the %s paper, whatever the brand', (theme) => {
    for (const color of colors)
      expect([color, contrast(readableOn(palette[theme].paper, color), palette[theme].paper) >= 4.5]).toEqual([
        color,
        true,
      ])
  })
  it('leaves a colour alone that can be read', () => {
    expect(readableOn('#ffffff', '#4338ca')).toBe('#4338ca')
    expect(readableOn('#16181d', '#a5a0ff')).toBe('#a5a0ff')
  })
})

describe('contrast', () => {
  it('measures as WCAG does', () => expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2))
})
