import { type DecidedTheme, palette, type Theme } from '@opencredits/protocol'

/** `auto` follows the user's system. */
export function decideTheme(theme: Theme): DecidedTheme {
  if (theme !== 'auto') return theme
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}

/**
 * Puts the theme and the app's colour on the page; the style sheet reads both. The colour itself fills buttons, with
 * whichever of black and white can be read on it. For words, lines and the focus it is made darker or lighter until it
 * can be read on the paper.
 */
export function applyAppearance(theme: DecidedTheme, brandColor: string | null): void {
  const { dataset, style } = document.documentElement
  dataset.theme = theme
  const accent = brandColor ?? palette[theme].accent
  style.setProperty('--accent', accent)
  style.setProperty('--on-accent', contrast(accent, '#ffffff') >= readableContrast ? '#fff' : '#000')
  style.setProperty('--accent-ink', readableOn(palette[theme].paper, accent))
}

/** WCAG 2's bound for words. */
const readableContrast = 4.5

/** The colour itself where it can be read on the paper, else the nearest mix with black or white that can. */
export function readableOn(paper: string, color: string): string {
  const towards = contrast(paper, '#ffffff') < contrast(paper, '#000000') ? 0 : 255
  const mixed = (percent: number) =>
    `#${channelsOf(color)
      .map((value) => Math.round(value + ((towards - value) * percent) / 100))
      .map((value) => value.toString(16).padStart(2, '0'))
      .join('')}`
  for (let percent = 0; percent < 100; percent += 4) {
    if (contrast(mixed(percent), paper) >= readableContrast) return mixed(percent)
  }
  return mixed(100)
}

/** WCAG 2's contrast ratio of two `#rrggbb`. */
export function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = channelsOf(color).map((channel) => {
    const value = channel / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function channelsOf(color: string): readonly number[] {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16))
}
