import type { ApplicationRequest } from '@opencredits/protocol'

/** What is typed into the form, before it is checked. */
export interface ApplicationDraft {
  readonly name: string
  readonly website: string
  readonly origins: string
  readonly description: string
}

export type ApplicationField = keyof ApplicationDraft

/** The fields that the server would refuse, in their order, or else the application. */
export function readApplication(
  draft: ApplicationDraft,
): { readonly wrong: readonly ApplicationField[] } | { readonly application: ApplicationRequest } {
  const name = draft.name.trim()
  const website = withScheme(draft.website.trim())
  const description = draft.description.trim()
  const origins = draft.origins.split(/[\s,]+/).flatMap((text) => (text === '' ? [] : [withScheme(text)]))
  const checks: readonly (readonly [ApplicationField, boolean])[] = [
    ['name', name !== '' && name.length <= 100],
    ['website', URL.canParse(website) && website.startsWith('https://') && website.length <= 300],
    ['origins', origins.length <= 20 && origins.every(isOrigin)],
    ['description', description !== '' && description.length <= 1000],
  ]
  const wrong = checks.filter(([, isRight]) => !isRight).map(([field]) => field)
  if (wrong.length > 0) return { wrong }
  return { application: { name, website, origins: [...new Set(origins)], description } }
}

/** `app.example` is meant as `https://app.example`, and `localhost:5173` as plain http. */
function withScheme(text: string): string {
  if (text === '' || text.includes('://')) return text
  return /^(localhost|127\.0\.0\.1|\[::1\])(:|\/|$)/.test(text) ? `http://${text}` : `https://${text}`
}

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, pathname, search, hash } = new URL(text)
  const isHere = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname) || hostname.endsWith('.localhost')
  return pathname === '/' && search === '' && hash === '' && (protocol === 'https:' || (protocol === 'http:' && isHere))
}
