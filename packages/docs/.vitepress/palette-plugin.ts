import { palette } from '@opencredits/protocol'
import type { Plugin } from 'vite'

const name = 'virtual:palette.css'

/** The checkout's own colours as custom properties, so that the site follows the checkout when they change. */
export const palettePlugin: Plugin = {
  name: 'palette',
  resolveId: (id) => (id === name ? `\0${name}` : null),
  load: (id) => (id === `\0${name}` ? `${rule(':root', 'light')}${rule('.dark', 'dark')}` : null),
}

function rule(selector: string, theme: keyof typeof palette): string {
  const { paper, accent } = palette[theme]
  return `${selector}{--paper:${paper};--accent:${accent}}`
}
