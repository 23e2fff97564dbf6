import type { SessionResponse } from '@opencredits/protocol'
import { createContext } from 'preact'

export type SessionState =
  | { readonly name: 'asking' }
  | { readonly name: 'unknown'; readonly failure: Error }
  | { readonly name: 'signed_out'; readonly notice: 'expired' | 'left' | 'deleted' | null }
  | { readonly name: 'signed_in'; readonly session: SessionResponse }

export interface SessionKeeper {
  readonly state: SessionState
  /** Takes over what a sign-in answered. */
  enter(session: SessionResponse): void
  /** Asks the server who is signed in. */
  refresh(): Promise<void>
  /** The server said that nobody is signed in any more. */
  expire(): void
  /** The user signed out, or deleted the account. */
  leave(notice: 'left' | 'deleted'): void
}

export const SessionContext = createContext<SessionKeeper>({
  state: { name: 'asking' },
  enter: () => {},
  refresh: async () => {},
  expire: () => {},
  leave: () => {},
})
