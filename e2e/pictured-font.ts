import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { BrowserContext, Page } from '@playwright/test'

/** One font for all machines: those of a system would make every line of text differ. Handed over as bytes, which no policy of a page forbids. */
const font = readFileSync(
  fileURLToPath(import.meta.resolve('@fontsource-variable/inter/files/inter-latin-wght-normal.woff2')),
).toString('base64')

/** Draws all text of the pages that are opened from now on in one font, so that pictures of them can be compared. */
export async function usePicturedFont(target: Page | BrowserContext): Promise<void> {
  await target.addInitScript((base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
    document.fonts.add(new FontFace('Pictured', bytes, { weight: '100 900' }))
    const style = new CSSStyleSheet()
    style.replaceSync('*{font-family:Pictured!important}')
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, style]
  }, font)
}

/** How alike a picture has to be. */
export const pictureRules = { maxDiffPixelRatio: 0.02, animations: 'disabled', caret: 'hide' } as const
