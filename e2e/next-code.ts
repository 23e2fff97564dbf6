import { until } from './process/api-client.ts'
import type { Stack } from './stack.ts'

/** Asks for a sign-in code and returns the one that is mailed then, and no earlier one. */
export async function nextCode(stack: Stack, email: string, ask: () => Promise<unknown>): Promise<string> {
  const mailsBefore = stack.mails().split(email).length
  await ask()
  await until(async () => stack.mails().split(email).length > mailsBefore)
  return stack.codeFor(email)
}
