/**
 * What `sdk.js` (the page) and the checkout app (the frame) say to each other.
 * 1. frame → page, `window.postMessage` with `targetOrigin` = the claimed origin: `ready`. If the page lied about its
 *    origin, the browser does not deliver it.
 * 2. page → frame: `connect`, with a `MessagePort`, only if `ready` came from the frame's origin and window.
 * 3. Everything else goes over the port. Unknown types are ignored, both ways.
 */
export const protocolVersion = 2

/** Of the handshake itself, which has not changed: both ends of every version read it. */
const handshakeVersion = 1

export interface ReadyMessage {
  readonly opencredits: typeof handshakeVersion
  readonly type: 'ready'
}

export interface ConnectMessage {
  readonly opencredits: typeof handshakeVersion
  readonly type: 'connect'
  /** What the page's `sdk.js` speaks on the port. Version 1 does not say; its sign-ins have no consent screen. */
  readonly protocol: number
}

/** `light` and `dark` are the partner's choice; `auto` follows the user's system. */
export type Theme = 'light' | 'dark' | 'auto'

/** Why an app opens the checkout by itself: what it was refused with. `key_budget_exceeded` since version 2. */
export type OpenReason = 'insufficient_credits' | 'key_budget_exceeded'

/** Page → frame. */
export type PageMessage =
  | {
      readonly type: 'open'
      readonly currency: string
      readonly mode: 'embedded' | 'new_tab'
      readonly amount: number | null
      readonly userKey: string | null
      readonly locale: string | null
      readonly theme: Theme
      readonly email: string | null
      /** False in a cross-origin isolated page, where a frame's new tab cannot be filled later: it has to be a link. */
      readonly canOpenTab: boolean
      /** Why the app asks its user to buy. An older `sdk.js` does not say. */
      readonly reason?: OpenReason | null
      /** Credits that the app's next call is about to need; with `reason`. */
      readonly needed?: number | null
    }
  /** The page or the user asks to close; the frame answers `close` at once, or asks the user first while a payment runs. */
  | { readonly type: 'request_close' }
  /** `logout()` was called in the page. */
  | { readonly type: 'signed_out' }

/** Frame → page. */
export type FrameMessage =
  | { readonly type: 'opened' }
  /** How high the frame would be if all of it were to be seen, in CSS pixels. */
  | { readonly type: 'resized'; readonly heightPx: number }
  /** While a payment is under way the page holds its dialog open (time-boxed). */
  | { readonly type: 'payment_state'; readonly isPaying: boolean }
  | { readonly type: 'checkout_opened'; readonly sessionId: string; readonly userKey: string }
  | {
      readonly type: 'purchase_completed'
      readonly sessionId: string
      readonly userKey: string
      readonly balance: number
      readonly creditsAdded: number
    }
  | { readonly type: 'purchase_error'; readonly code: string; readonly message: string }
  | { readonly type: 'error'; readonly code: string; readonly message: string }
  | { readonly type: 'login_completed'; readonly userKey: string; readonly balance: number }
  /**
   * The app may spend more than before, though nothing was bought: a limit was raised, or an earlier purchase was added
   * to the account. Since version 2.
   */
  | { readonly type: 'balance_raised'; readonly userKey: string; readonly balance: number }
  | { readonly type: 'logged_out' }
  /** The kept key is revoked, expired or unknown: the page forgets it. */
  | { readonly type: 'key_rejected' }
  /** The user dismissed the success screen. */
  | { readonly type: 'completed'; readonly userKey: string; readonly balance: number; readonly creditsAdded: number }
  /** The dialog may close now. */
  | { readonly type: 'close' }

const pageMessageTypes: readonly PageMessage['type'][] = ['open', 'request_close', 'signed_out']

/** What the frame says first. */
export const readyMessage: ReadyMessage = { opencredits: handshakeVersion, type: 'ready' }
/** What the page answers. */
export const connectMessage: ConnectMessage = {
  opencredits: handshakeVersion,
  type: 'connect',
  protocol: protocolVersion,
}

/** Whether it is a frame's `ready`; anything may land on a window. */
export function isReady(data: unknown): boolean {
  return isHandshake(data) && data.type === 'ready'
}

/** Which version the page's `sdk.js` speaks; null for what is no `connect`. */
export function protocolOfConnect(data: unknown): number | null {
  if (!isHandshake(data) || data.type !== 'connect') return null
  return typeof data.protocol === 'number' ? data.protocol : 1
}

/** Messages on the port come from a window that was pinned by origin, so only the type is checked. */
export function parsePageMessage(data: unknown): PageMessage | null {
  return isRecord(data) && pageMessageTypes.some((type) => type === data.type) ? (data as PageMessage) : null
}

/** See `parsePageMessage`. A type that is unknown passes: `sdk.js` is kept small, and nothing in it answers to one. */
export function parseFrameMessage(data: unknown): FrameMessage | null {
  return isRecord(data) && typeof data.type === 'string' ? (data as FrameMessage) : null
}

function isHandshake(data: unknown): data is Record<string, unknown> {
  return isRecord(data) && data.opencredits === handshakeVersion
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
