import { type DecidedTheme, palette } from './palette.ts'

/** WCAG 2's bound for words. */
export const readableContrast = 4.5

/** How an app's colour is used in the checkout in one theme. */
export interface BrandUse {
  /** Of words on the colour: whichever of black and white can be read there. */
  readonly onAccent: '#fff' | '#000'
  readonly textContrast: number
  /** The colour for words, lines and the focus on the paper: made darker or lighter where it could not be read. */
  readonly ink: string
  /** Of the colour itself to the paper. Where it is low, the checkout draws the edge of what it fills in `ink`. */
  readonly paperContrast: number
}

/**
 * How the checkout uses a colour; null stands for its own. Of black and white, one has a contrast of at least 4.58 to any
 * colour, so that every colour can be read on.
 */
export function brandUse(theme: DecidedTheme, brandColor: string | null): BrandUse {
  const { paper, accent } = palette[theme]
  const color = brandColor ?? accent
  const onAccent = wordsOn(color)
  return {
    onAccent,
    textContrast: contrast(color, onAccent === '#fff' ? '#ffffff' : '#000000'),
    ink: readableOn(paper, color),
    paperContrast: contrast(color, paper),
  }
}

/** Whichever of black and white can be read on a colour. */
export function wordsOn(color: string): '#fff' | '#000' {
  return contrast(color, '#ffffff') >= readableContrast ? '#fff' : '#000'
}

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
