import type { PartnerKeys, Stack } from '../stack.ts'

export interface TestUser {
  readonly id: string
  readonly key: string
}

/** A user of an app's test world, with credits that nobody has paid. */
export function grantTestCredits(
  stack: Stack,
  partner: Pick<PartnerKeys, 'id'>,
  credits = 100_000,
  email = 'tester@example.com',
): TestUser {
  const args = ['--user', email, '--credits', String(credits), '--partner', partner.id, '--test', '--json']
  const { user_id: id, user_key: key } = JSON.parse(stack.cli('credits', 'grant', ...args))
  return { id, key }
}
