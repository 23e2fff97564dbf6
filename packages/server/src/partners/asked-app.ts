import type { IncomingMessage } from 'node:http'
import { AppError } from '../kernel/app-error.ts'

/** Which app and which world a query names; null for what it does not name. */
export interface AskedApp {
  readonly appId: string | null
  readonly livemode: boolean | null
}

/** Reads `?app=par_…&livemode=true|false`. @throws AppError `invalid_request` for anything else in `livemode`. */
export function readAsked({ url }: Pick<IncomingMessage, 'url'>): AskedApp {
  const query = new URLSearchParams(url?.split('?', 2)[1] ?? '')
  const livemode = query.get('livemode')
  if (livemode !== null && livemode !== 'true' && livemode !== 'false')
    throw new AppError('invalid_request', `livemode: expected true or false, got "${livemode.slice(0, 20)}"`, {
      param: 'livemode',
    })
  return { appId: query.get('app'), livemode: livemode === null ? null : livemode === 'true' }
}
