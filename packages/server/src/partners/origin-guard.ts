import { AppError } from '../kernel/app-error.ts'
import { repositoryCommand } from '../kernel/operator-command.ts'
import { isLocalhostPage, isOriginAllowed, normalizeOrigin } from './allowed-origin.ts'
import type { Partner } from './partner.ts'

type GuardedPartner = Pick<Partner, 'id' | 'appId' | 'origins' | 'allowsLocalhost'>

/** Refuses pages that may not act for an app. */
export interface OriginGuard {
  /**
   * @param origin the `Origin` header; undefined passes, because a server that calls for its own users sends none
   * @throws AppError 403 `origin_not_allowed` for a page that is neither the app's nor the checkout
   */
  check(origin: string | undefined, partner: GuardedPartner): void
  /**
   * Refuses a page in which the checkout's frame would not load. It decides nothing else: the origin is what the page
   * says of itself.
   * @throws AppError 403 `origin_not_allowed`
   */
  checkFraming(origin: string, partner: GuardedPartner): void
}

/**
 * Sign-in and checkout creation hand out user keys, so a page may ask for them only where it may show the checkout: at
 * the app's registered origins. The checkout itself asks from `publicUrl`. A request's own Host header is not believed
 * to say which origin is ours: a name that someone else points at this server would pass (DNS rebinding).
 */
export function createOriginGuard(options: {
  readonly publicUrl: string
  readonly isSandbox: boolean
  /** Default: as it is run from the repository. */
  readonly operatorCommand?: string
  /** Hears of every refusal. */
  readonly onRefused?: (partnerId: string, origin: string) => void
}): OriginGuard {
  const own = new URL(options.publicUrl).origin
  const checkFraming = (origin: string, partner: GuardedPartner) => {
    if (isOriginAllowed(partner, origin, options.isSandbox)) return
    options.onRefused?.(partner.id, origin)
    const command = `${options.operatorCommand ?? repositoryCommand} partner update ${partner.appId}`
    throw new AppError('origin_not_allowed', refusal(origin.slice(0, 200), command), {
      headers: { 'x-should-retry': 'false' },
    })
  }
  return {
    checkFraming,
    check(origin, partner) {
      if (origin !== undefined && origin !== own) checkFraming(origin, partner)
    },
  }
}

/**
 * Says what to do. The app's id is not secret: it opens nothing, and whoever runs the command needs the operator's
 * machine. Which origins are registered is not told.
 */
function refusal(origin: string, command: string): string {
  if (origin === 'null' || origin === '')
    return 'This page has no origin: it was opened as a file, or in a sandboxed frame. Open it from a web server instead, such as http://localhost:3000.'
  if (isLocalhostPage(origin))
    return `The origin ${origin} is not allowed for this app. Allow this page under Origins in the partner console, or with: ${command} --origin ${origin} – or all pages on this machine, at any port, with: ${command} --allow-localhost yes`
  if (normalizeOrigin(origin) === null)
    return `The origin ${origin} cannot be registered. Serve the page over https, then register that origin with: ${command} --origin https://…`
  return `The origin ${origin} is not registered for this app. Register it under Origins in the partner console, or with: ${command} --origin ${origin}`
}
