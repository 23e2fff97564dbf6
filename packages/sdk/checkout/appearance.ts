import { type DecidedTheme, palette, readableOn, type Theme, wordsOn } from '@opencredits/protocol'

/** `auto` follows the user's system. */
export function decideTheme(theme: Theme): DecidedTheme {
  if (theme !== 'auto') return theme
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}

/**
 * Puts the theme and the app's colour on the page; the style sheet reads both. Words stay
 * readable on it and in it: see `brandUse`.
 */
export function applyAppearance(theme: DecidedTheme, brandColor: string | null): void {
  const { dataset, style } = document.documentElement
  const accent = brandColor ?? palette[theme].accent
  dataset.theme = theme
  style.setProperty('--accent', accent)
  style.setProperty('--on-accent', wordsOn(accent))
  style.setProperty('--accent-ink', readableOn(palette[theme].paper, accent))
}
