/**
 * What `sdk.js` (the page) and the checkout app (the frame) say to each other.
 * 1. frame → page, `window.postMessage` with `targetOrigin` = the claimed origin: `ready`. If the page lied about its
 *    origin, the browser does not deliver it.
 * 2. page → frame: `connect`, with a `MessagePort`, only if `ready` came from the frame's origin and window.
 * 3. Everything else goes over the port. Unknown types and other versions are ignored, both ways.
 */
export const protocolVersion = 1

export interface ReadyMessage {
  readonly opencredits: typeof protocolVersion
  readonly type: 'ready'
}

export interface ConnectMessage {
  readonly opencredits: typeof protocolVersion
  readonly type: 'connect'
}

/** `light` and `dark` are the partner's choice; `auto` follows the user's system. */
export type Theme = 'light' | 'dark' | 'auto'

/** Why an app opens the checkout by itself. */
export type OpenReason = 'insufficient_credits'

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
      /** Credits that the app's next call is about to need; with `insufficient_credits`. */
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
  | { readonly type: 'logged_out' }
  /** The kept key is revoked, expired or unknown: the page forgets it. */
  | { readonly type: 'key_rejected' }
  /** The user dismissed the success screen. */
  | { readonly type: 'completed'; readonly userKey: string; readonly balance: number; readonly creditsAdded: number }
  /** The dialog may close now. */
  | { readonly type: 'close' }

const pageMessageTypes: readonly PageMessage['type'][] = ['open', 'request_close', 'signed_out']

/** A handshake message of our version, or null for anything else that lands on a window. */
export function parseHandshake(data: unknown): ReadyMessage | ConnectMessage | null {
  if (!isRecord(data) || data.opencredits !== protocolVersion) return null
  return data.type === 'ready' || data.type === 'connect' ? { opencredits: protocolVersion, type: data.type } : null
}

/** Messages on the port come from a window that was pinned by origin, so only the type is checked. */
export function parsePageMessage(data: unknown): PageMessage | null {
  return isRecord(data) && pageMessageTypes.some((type) => type === data.type) ? (data as PageMessage) : null
}

/** See `parsePageMessage`. A type that is unknown passes: `sdk.js` is kept small, and nothing in it answers to one. */
export function parseFrameMessage(data: unknown): FrameMessage | null {
  return isRecord(data) && typeof data.type === 'string' ? (data as FrameMessage) : null
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
