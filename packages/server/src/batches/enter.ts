import type { IncomingMessage, ServerResponse } from 'node:http'
import { choosePayer } from '../gateway/choose-payer.ts'
import { AppError } from '../kernel/app-error.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'
import type { BatchDeps } from './batch-deps.ts'
import type { BatchOwner } from './find-batches.ts'

export interface Entered {
  readonly key: AuthenticatedKey
  readonly owner: BatchOwner
}

/** A batch is the provider's work over hours, which no simulated model does. */
export function refuseBatchInTest({ livemode }: AuthenticatedKey): void {
  if (livemode) return
  throw new AppError(
    'batch_not_supported',
    'This is a key of the test world, which has no batches: simulated models answer single calls only. Send the requests one by one, or use a live key.',
  )
}

/** Whoever asks for anything about batches: everything that can be refused by the headers is refused by them. */
export async function enter(deps: BatchDeps, request: IncomingMessage, response: ServerResponse): Promise<Entered> {
  if (choosePayer(request.headers).billedTo === 'passthrough') throw passThrough()
  const key = await deps.authenticator.requireUserKey(request)
  await deps.limits.takeKey(key, response)
  if (!deps.files.isOn)
    throw new AppError('not_found', 'There are no batches here: the operator has switched them off (KEPT=off).')
  return { key, owner: { userId: key.userId, partnerId: key.partnerId } }
}

function passThrough(): AppError {
  return new AppError(
    'invalid_request',
    'x-opencredits-key asks for pass-through, which is for Anthropic’s /v1/messages only. Credits pay for batches: send the key as X-User-Key, Authorization or x-api-key.',
    { param: 'x-opencredits-key' },
  )
}
