/** Why a text is no origin that an app can register. */
export type OriginProblem = 'empty' | 'wildcard' | 'no_scheme' | 'not_https' | 'has_path' | 'has_user' | 'no_origin'

export type ReadOrigin =
  | { readonly origin: string }
  | {
      readonly problem: OriginProblem
      /** What was probably meant; null where nobody can tell. */
      readonly suggestion: string | null
    }

export const originsMax = 20

/**
 * Reads the origin of an app's pages: scheme, host and port, as browsers send it. A page's whole address is refused rather
 * than cut: its author may believe that only that page is allowed. Plain http is for this machine only: a page that
 * others could change on its way must not be given a user key.
 */
export function readPageOrigin(typed: string): ReadOrigin {
  const text = typed.trim()
  if (text === '') return { problem: 'empty', suggestion: null }
  if (text.includes('*')) return { problem: 'wildcard', suggestion: null }
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return { problem: 'no_scheme', suggestion: withScheme(text) }
  if (!URL.canParse(text)) return { problem: 'no_origin', suggestion: null }
  const url = new URL(text)
  if (url.protocol === 'http:' && !isThisMachine(url.hostname))
    return { problem: 'not_https', suggestion: `https://${url.hostname}` }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return { problem: 'no_origin', suggestion: null }
  if (url.username !== '' || url.password !== '') return { problem: 'has_user', suggestion: url.origin }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || /[?#]/.test(text))
    return { problem: 'has_path', suggestion: url.origin }
  return { origin: url.origin }
}

function withScheme(text: string): string | null {
  const [host = ''] = text.split('/')
  if (!URL.canParse(`https://${host}`)) return null
  const { hostname } = new URL(`https://${host}`)
  if (isThisMachine(hostname)) return `http://${host}`
  return hostname.includes('.') ? new URL(`https://${host}`).origin : null
}

/** @param hostName as a URL has it: `localhost`, `app.localhost`, `[::1]` */
export function isThisMachine(hostName: string): boolean {
  return hostName === 'localhost' || hostName === '127.0.0.1' || hostName === '[::1]' || hostName.endsWith('.localhost')
}

/** What is wrong and what to write, for developers who read an answer of the API. */
export function explainOrigin(text: string, { problem, suggestion }: Exclude<ReadOrigin, { origin: string }>): string {
  const instead = suggestion === null ? 'Write an origin such as https://app.example.' : `Write ${suggestion}.`
  return `"${text.slice(0, 200)}" ${words[problem]}. ${instead}`
}

const words: Readonly<Record<OriginProblem, string>> = {
  empty: 'is empty',
  wildcard: 'has a wildcard: every origin has to be named',
  no_scheme: 'has no scheme',
  not_https: 'is plain http, which is for localhost only',
  has_path: 'is the address of a page: an origin covers every page of its site, and has no path',
  has_user: 'has a user name or password in it',
  no_origin: 'is no origin of a web page',
}
