import { describe, expect, it } from 'vitest'
import { brandStyle, brandStyleAddress, readColor } from './brand-style.ts'

describe('brandStyle', () => {
  it('makes the whole form dark on a dark background', () =>
    expect(brandStyle({ background: '#16181d', button: null })).toMatch(/color-scheme: dark;.*--paper: #16181d;/s))
  it.each([
    ['#ffd54a', '#000000'],
    ['#4338ca', '#ffffff'],
  ])('writes on a button of %s in %s', (button, words) =>
    expect(brandStyle({ background: null, button })).toContain(`--accent: ${button}; --accent-ink: ${words};`),
  )
  it('does not draw the focus in a colour that cannot be seen', () => {
    expect(brandStyle({ background: '#ffffff', button: '#ffee88' })).not.toContain('--ring: #ffee88')
    expect(brandStyle({ background: '#16181d', button: '#ffee88' })).toContain('--ring: #ffee88')
  })
})

describe('brandStyleAddress', () => {
  it('is none for a session without branding', () =>
    expect(brandStyleAddress({ background: null, button: null })).toBeNull())
  it('carries the colours', () =>
    expect(brandStyleAddress({ background: '#ffffff', button: null })).toBe(
      '/pay-assets/brand.css?background=%23ffffff',
    ))
  it.each(['red', '#fff', '#12345g', '#fff}body{', 5, undefined])('%s is no colour', (value) =>
    expect(readColor(value)).toBeNull(),
  )
})
