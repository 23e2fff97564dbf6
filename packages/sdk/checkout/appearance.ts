import { brandUse, type DecidedTheme, palette, type Theme } from '@opencredits/protocol'


/** `auto` follows the user's system. */
export function decideTheme(theme: Theme): DecidedTheme {
  if (theme !== 'auto') return theme
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}

/**
 * Puts the theme and the app's colour on the page; the style sheet reads both. See `brandUse` for how words stay readable on
 * it and in it.
 */
export function applyAppearance(theme: DecidedTheme, brandColor: string | null): void {
  const { dataset, style } = document.documentElement
  const { onAccent, ink } = brandUse(theme, brandColor)
  dataset.theme = theme
  style.setProperty('--accent', brandColor ?? palette[theme].accent)
  style.setProperty('--on-accent', onAccent)
  style.setProperty('--accent-ink', ink)
}
