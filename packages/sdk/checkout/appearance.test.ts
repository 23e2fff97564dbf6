import { describe, expect, it } from 'vitest'
import { applyAccent, contrastWithWhite } from './appearance.ts'

describe('applyAccent', () => {
  it.each([
    ['#4338ca', '#fff'],
    ['#000000', '#fff'],
    ['#ffd54a', '#000'],
    ['#ffffff', '#000'],
  ])('on %s words are %s', (color, words) => {
    applyAccent(color)
    expect(document.documentElement.style.getPropertyValue('--on-accent')).toBe(words)
  })
  it('measures contrast as WCAG does', () => expect(contrastWithWhite('#767676')).toBeCloseTo(4.54, 2))
})
