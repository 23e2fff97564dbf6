import type { DecidedTheme } from './palette.ts'

/**
 * What the console and the real checkout in its preview say to each other, by `window.postMessage`. The frame takes messages of
 * its own origin's page around it alone; it calls nobody, and its page's policy lets it call nobody.
 */
export interface PreviewBranding {
  readonly appName: string
  readonly logoUrl: string | null
  /** `#rrggbb`; null: the checkout's own. */
  readonly accentColor: string | null
}

export const previewScreens = ['amounts', 'sign_in', 'success'] as const
export type PreviewScreen = (typeof previewScreens)[number]

/** Console → frame, as often as something changes. */
export interface ShowPreview {
  readonly opencredits: 'preview'
  readonly type: 'show'
  readonly branding: PreviewBranding
  readonly theme: DecidedTheme
  readonly screen: PreviewScreen
}

/** Frame → console: it listens now, and how high it would like to be. */
export type PreviewAnswer =
  | { readonly opencredits: 'preview'; readonly type: 'ready' }
  | { readonly opencredits: 'preview'; readonly type: 'resized'; readonly heightPx: number }

/** Anything may land on a window: what is no `show` in all of its fields is null. */
export function parseShowPreview(data: unknown): ShowPreview | null {
  if (!isPreview(data) || data.type !== 'show' || !isRecord(data.branding)) return null
  const { theme, branding } = data
  const screen = previewScreens.find((name) => name === data.screen)
  const { appName, logoUrl, accentColor } = branding
  if (screen === undefined || (theme !== 'light' && theme !== 'dark') || typeof appName !== 'string') return null
  if (logoUrl !== null && !(typeof logoUrl === 'string' && /^https?:\/\//.test(logoUrl))) return null
  if (accentColor !== null && !(typeof accentColor === 'string' && /^#[0-9a-f]{6}$/i.test(accentColor))) return null
  return { opencredits: 'preview', type: 'show', branding: { appName, logoUrl, accentColor }, theme, screen }
}

/** See `parseShowPreview`. */
export function parsePreviewAnswer(data: unknown): PreviewAnswer | null {
  if (!isPreview(data)) return null
  if (data.type === 'ready') return { opencredits: 'preview', type: 'ready' }
  const { heightPx } = data
  return data.type === 'resized' && typeof heightPx === 'number' && heightPx > 0
    ? { opencredits: 'preview', type: 'resized', heightPx }
    : null
}

function isPreview(data: unknown): data is Record<string, unknown> {
  return isRecord(data) && data.opencredits === 'preview'
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
