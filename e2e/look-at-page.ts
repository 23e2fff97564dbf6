import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'
import { findLostInForcedColors } from './account-page.ts'

/** What every state of a page of ours has to pass: axe in light and dark, the user's own colours, and 320 pixels. */
export async function lookAt(page: Page, state: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, forcedColors: 'none', reducedMotion: 'reduce' })
    const axe = new AxeBuilder({ page }).setLegacyMode()
    const { violations } = await (colorScheme === 'dark' ? axe.withRules(['color-contrast']) : axe).analyze()
    expect(violations.map(({ id, nodes }) => `${state}: ${id}: ${nodes[0]?.html}`)).toEqual([])
  }
  await page.emulateMedia({ colorScheme: 'dark', forcedColors: 'active' })
  expect(await page.evaluate(findLostInForcedColors), state).toEqual([])
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none' })
  const before = page.viewportSize() ?? { width: 1280, height: 720 }
  await page.setViewportSize({ width: 320, height: 640 })
  const wider = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect(await wider(), `${state} at 320 pixels`).toBe(0)
  await page.setViewportSize(before)
}
