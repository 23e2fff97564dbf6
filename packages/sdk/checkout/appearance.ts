import type { Theme } from '@opencredits/protocol'

/** `auto` follows the user's system; the style sheet reads the attribute. */
export function applyTheme(theme: Theme): void {
  const isDark = theme === 'dark' || (theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light'
}

/** The partner's colour on buttons, with whichever of black and white can be read on it. */
export function applyAccent(color: string): void {
  const { style } = document.documentElement
  style.setProperty('--accent', color)
  style.setProperty('--on-accent', contrastWithWhite(color) >= 4.5 ? '#fff' : '#000')
}

/** WCAG 2's contrast ratio of a `#rrggbb` with white. */
export function contrastWithWhite(color: string): number {
  const channels = [1, 3, 5].map((at) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  const [red = 0, green = 0, blue = 0] = channels
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
}
