/** A sign-in whose code is in the mail. */
export interface PendingSignIn {
  readonly email: string
  readonly loginId: string
  /** Seconds since 1970. */
  readonly expiresAt: number
}

const place = 'opencredits:sign-in'

/** Telephones drop the page while the user reads the mail: with this in the tab, the code still finds its sign-in. */
export function keepPending(pending: PendingSignIn): void {
  try {
    sessionStorage.setItem(place, JSON.stringify(pending))
  } catch {
    // Storage may be off. The sign-in goes on in this page.
  }
}

export function readPending(nowMs: number): PendingSignIn | null {
  try {
    const kept: Partial<PendingSignIn> | null = JSON.parse(sessionStorage.getItem(place) ?? 'null')
    const { email, loginId, expiresAt } = kept ?? {}
    if (typeof email !== 'string' || typeof loginId !== 'string' || typeof expiresAt !== 'number') return null
    return expiresAt * 1000 > nowMs ? { email, loginId, expiresAt } : null
  } catch {
    return null
  }
}

export function forgetPending(): void {
  try {
    sessionStorage.removeItem(place)
  } catch {
    // Nothing was kept then.
  }
}
