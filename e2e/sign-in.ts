import type { Shop } from './fixtures.ts'
import { until } from './process/api-client.ts'
import type { Stack } from './stack.ts'

/** Types an address and asks for a code. @returns the code, once its mail is there */
export async function askForCode(shop: Shop, stack: Stack, email: string): Promise<string> {
  const mailsTo = () => stack.mails().split(email).length
  const before = mailsTo()
  await shop.frame.getByLabel('Email').fill(email)
  await shop.frame.getByRole('button', { name: 'Send code' }).click()
  await until(async () => mailsTo() > before)
  return stack.codeFor(email)
}

/** From the amounts to the question what the app may spend, or, where it is connected, back to the amounts. */
export async function signIn(shop: Shop, stack: Stack, email: string): Promise<void> {
  await shop.frame.getByRole('button', { name: 'Sign in' }).click()
  const code = await askForCode(shop, stack, email)
  // As people paste it.
  await shop.frame.getByLabel('Eight-digit code').fill(`${code.slice(0, 4)} ${code.slice(4)}`)
  await shop.frame.getByRole('button', { name: 'Sign in' }).click()
}

/** Lets the app spend as much as is suggested, or `budget`. */
export async function allow(shop: Shop, budget?: string): Promise<void> {
  if (budget !== undefined) await shop.frame.getByLabel('Limit in credits').fill(budget)
  await shop.frame.getByRole('button', { name: 'Allow' }).click()
}
