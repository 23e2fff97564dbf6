import { AppError } from '../kernel/app-error.ts'

/** A test key is no reason to reach a provider, whoever pays it. */
export function passThroughInTest(): AppError {
  return new AppError(
    'invalid_request',
    'This is a key of the test world, where no call reaches a provider, so there is nothing to pass through to. Nothing was sent. Use a live key, or send the test key as X-User-Key for a simulated answer.',
    { param: 'x-opencredits-key' },
  )
}
