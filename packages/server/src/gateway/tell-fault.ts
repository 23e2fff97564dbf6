import { describeForLog } from '../http/answer-error.ts'
import type { AdmittedCall } from './admit.ts'
import type { StreamEnding } from './end-stream.ts'
import type { GatewayDeps } from './gateway-deps.ts'

/** Whose fault it was is told to the operator by the log and by a count. Nothing of a prompt or an answer is in either. */
export function tellFault(
  deps: Pick<GatewayDeps, 'logger' | 'onStreamFault'>,
  call: AdmittedCall,
  { fault }: Pick<StreamEnding, 'fault'>,
  failure: unknown,
): void {
  if (fault === null) return
  const { requestId, model } = call
  deps.onStreamFault(model.provider, fault)
  const told = { requestId, provider: model.provider, model: model.id, fault }
  if (fault === 'store' || fault === 'broken')
    deps.logger.error({ ...told, error: describeForLog(failure) }, 'a stream failed on our side')
  else deps.logger.warn(told, 'a provider’s stream was not as it should be')
}
