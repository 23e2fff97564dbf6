import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { brandUse, contrast, readableOn } from './color-contrast.ts'
import { palette } from './palette.ts'

describe('brandUse', () => {
  it.each([
    ['light', '#3366ff', '#fff', 4.9, '#3366ff'],
    ['dark', '#3366ff', '#fff', 4.9, '#4b78ff'],
    ['light', '#ffe066', '#000', 16, '#857435'],
    ['light', '#000000', '#fff', 21, '#000000'],
    ['dark', '#000000', '#fff', 21, '#858585'],
    ['light', null, '#fff', 7.9, '#4338ca'],
  ] as const)('%s %s', (theme, color, onAccent, textContrast, ink) => {
    const use = brandUse(theme, color)
    expect(use).toMatchObject({ onAccent, ink })
    expect(use.textContrast).toBeCloseTo(textContrast, 0)
  })

  it('leaves no colour on which words cannot be read, in light and in dark', () => {
    const color = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`)
    fc.assert(
      fc.property(color, fc.constantFrom('light' as const, 'dark' as const), (brandColor, theme) => {
        const use = brandUse(theme, brandColor)
        expect(use.textContrast).toBeGreaterThanOrEqual(4.5)
        expect(contrast(use.ink, palette[theme].paper)).toBeGreaterThanOrEqual(4.5)
      }),
    )
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
