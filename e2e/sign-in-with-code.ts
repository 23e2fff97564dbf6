import type { Page } from '@playwright/test'
import { nextCode } from './next-code.ts'
import type { Stack } from './stack.ts'

/** Signs in on a page of ours that asks who one is, with the code from the mail as the mail shows it. */
export async function signInWithCode(page: Page, stack: Stack, email: string): Promise<void> {
  await page.getByLabel('Email').fill(email)
  const code = await nextCode(stack, email, () => page.getByRole('button', { name: 'Email me a code' }).click())
  await page.getByLabel('Code from the email').fill(`${code.slice(0, 4)} ${code.slice(4)}`)
  await page.getByRole('button', { name: 'Continue' }).click()
}
