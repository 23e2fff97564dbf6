import type { Request } from 'express'
import { AppError } from '../kernel/app-error.ts'
import type { PartnerCaller } from '../partners/partner-caller.ts'
import type { AppSettingsDeps } from './app-settings-deps.ts'

/**
 * Settings hold in both worlds, so a key of the test world, which may lie in a developer's script, changes none: it would
 * reach into the live one.
 */
export async function requireSettingsCaller(deps: AppSettingsDeps, request: Request): Promise<PartnerCaller> {
  const caller = await deps.partnerAuthenticator.require(request, 'app:write')
  if (caller.by.kind === 'member' || caller.livemode) return caller
  throw new AppError(
    'insufficient_scope',
    'Settings hold in the live world too, which a test key may not change. Use a live key (oc_rk_…), or change them at /partner.',
    { headers: { 'x-should-retry': 'false' } },
  )
}
