import { expect, type Page } from '@playwright/test'
import { direct } from './process/api-client.ts'
import { signInWithCode } from './sign-in-with-code.ts'
import type { Stack } from './stack.ts'

/** Signs in at `/account` with the code from the mail, typed as the mail shows it. */
export async function signInAtAccount(page: Page, stack: Stack, email: string): Promise<void> {
  await page.goto(`${stack.url}/account`)
  await signInWithCode(page, stack, email)
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible()
}

/** Buys on Stripe's page, in the tab that opens for it. */
export async function buyAtAccount(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Buy credits' }).click()
  await page.getByRole('radio', { name: '$10.00' }).check()
  const opening = page.context().waitForEvent('page')
  await page.getByRole('button', { name: 'Continue to payment' }).click()
  const tab = await opening
  await tab.getByLabel('Card number').fill('4242 4242 4242 4242')
  await tab.getByLabel('Expiry').fill('12 / 34')
  await tab.getByLabel('CVC').fill('123')
  await tab.getByRole('button', { name: /^Pay/ }).click()
  await expect(page.getByText('1,000 credits were added to your account.')).toBeVisible()
}

/** A file as a program uploads it. */
export async function keepFile(stack: Stack, key: string, name: string): Promise<void> {
  const body = new FormData()
  body.append('purpose', 'user_data')
  body.append('file', new Blob(['The word is elderberry.'], { type: 'text/plain' }), name)
  const kept = await fetch(`${direct(stack)}/v1/files`, { method: 'POST', headers: { 'x-user-key': key }, body })
  expect(kept.status).toBe(200)
}

/** What is told by a background alone, or by a border that is transparent, where the user's colours replace the page's. */
export function findLostInForcedColors(): readonly string[] {
  const canvas = getComputedStyle(document.body).backgroundColor
  const isDrawn = (element: Element) => {
    const { borderBlockEndWidth, borderBlockEndColor } = getComputedStyle(element)
    return borderBlockEndWidth !== '0px' && borderBlockEndColor !== canvas
  }
  const boxes = [...document.querySelectorAll('.card, .button, .alert, .tag, .note, .secret-line')]
  const tabs = [...document.querySelectorAll('.tabs > *')]
  const tracks = [...document.querySelectorAll('.meter .track')]
  return [
    ...boxes.filter((box) => !isDrawn(box)),
    ...tabs.filter((tab) => isDrawn(tab) !== tab.matches('[aria-current], [aria-selected="true"]')),
    ...tracks.filter((track) => getComputedStyle(track).fill !== canvas),
  ].map(({ outerHTML }) => outerHTML.slice(0, 200))
}
