import { AppError } from '../kernel/app-error.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'

/**
 * The test world is answered here and never by a provider.
 * @throws AppError 400 for pass-through with a test key.
 */
export function refuseTestKey({ livemode }: AuthenticatedKey): void {
  if (livemode) return
  throw new AppError(
    'invalid_request',
    'x-opencredits-key: this is a test key (oc_sk_test_…), and test calls never reach a real provider. Send a live key (oc_sk_…) to call with your own credential, or leave your credential out to be answered by a simulated model.',
    { param: 'x-opencredits-key', headers: { 'x-should-retry': 'false' } },
  )
}
