import { describe, expect, it } from 'vitest'
import { applyAppearance } from './appearance.ts'

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
