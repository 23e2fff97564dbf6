import { AppError } from '../kernel/app-error.ts'
import { isOriginAllowed } from './allowed-origin.ts'
import type { Partner } from './partner.ts'

/** Refuses pages that may not act for an app. */
export interface OriginGuard {
  /**
   * @param origin the `Origin` header; undefined passes, because a server that calls for its own users sends none
   * @throws AppError 403 `origin_not_allowed` for a page that is neither the app's nor the checkout
   */
  check(origin: string | undefined, partner: Pick<Partner, 'id' | 'origins'>): void
}

/**
 * Sign-in and checkout creation hand out user keys, so a page may ask for them only where it may show the checkout: at
 * the app's registered origins. The checkout itself asks from `publicUrl`. A request's own Host header is not believed
 * to say which origin is ours: a name that someone else points at this server would pass (DNS rebinding).
 */
export function createOriginGuard(options: { readonly publicUrl: string; readonly isSandbox: boolean }): OriginGuard {
  const own = new URL(options.publicUrl).origin
  return {
    check(origin, partner) {
      if (origin === undefined || origin === own || isOriginAllowed(partner, origin, options.isSandbox)) return
      const named = origin.slice(0, 200)
      throw new AppError(
        'origin_not_allowed',
        `The origin ${named} is not registered for this app. Register it with: opencredits partner update ${partner.id} --origin ${named}`,
        { headers: { 'x-should-retry': 'false' } },
      )
    },
  }
}
