import { darkColors, lightColors } from './form-style.ts'

/** What a session's `branding_settings` say about colours; null where they say nothing. */
export interface Brand {
  readonly background: string | null
  readonly button: string | null
}

const colorPattern = /^#[0-9a-f]{6}$/i

/** A colour that can stand in a style sheet, or null. */
export function readColor(value: unknown): string | null {
  return typeof value === 'string' && colorPattern.test(value) ? value.toLowerCase() : null
}

/** The address of the style sheet for a brand, or null for one that says nothing. */
export function brandStyleAddress({ background, button }: Brand): string | null {
  if (background === null && button === null) return null
  const parameters = new URLSearchParams()
  if (background !== null) parameters.set('background', background)
  if (button !== null) parameters.set('button', button)
  return `/pay-assets/brand.css?${parameters}`
}

/** As at Stripe, words and lines follow from the background, and the words on the button from the button. */
export function brandStyle({ background, button }: Brand): string {
  const isDark = background !== null && luminance(background) < 0.18
  const ground = background === null ? '' : `${isDark ? darkColors : lightColors}--paper: ${background};`
  const words = button !== null && contrast(button, '#ffffff') >= 4.5 ? '#ffffff' : '#000000'
  const isSeen = button !== null && contrast(button, background ?? '#ffffff') >= 3
  const accent = button === null ? '' : `--accent: ${button}; --accent-ink: ${words};`
  return `:root { ${ground}${accent}${isSeen ? `--ring: ${button};` : ''} }\n`
}

/** WCAG 2's contrast ratio. */
function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
