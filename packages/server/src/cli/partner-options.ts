import { InvalidArgumentError } from '@commander-js/extra-typings'
import { parseScaledDecimal } from '../kernel/microcredits.ts'
import { normalizeOrigin } from '../partners/allowed-origin.ts'

/** `0.1` is 1000 basis points. */
export function readRate(text: string): number {
  const basisPoints = parseScaledDecimal(text, 4)
  if (basisPoints === null || basisPoints < 0n || basisPoints > 10_000n) {
    throw new InvalidArgumentError('Expected a rate such as 0.1 for 10 %, from 0 to 1, with at most four decimals.')
  }
  return Number(basisPoints)
}

/**
 * Collects repeated `--origin` options. A page's whole address is refused rather than cut to its origin: whoever writes
 * one may believe that only that page is allowed.
 */
export function readOrigin(text: string, before: readonly string[] | undefined): readonly string[] {
  const origin = normalizeOrigin(text)
  if (origin === null) throw new InvalidArgumentError(explainOrigin(text))
  const { pathname, search, hash, username } = new URL(text)
  if (pathname !== '/' || search !== '' || hash !== '' || username !== '')
    throw new InvalidArgumentError(`An origin has no path: it covers every page of its site. Write --origin ${origin}`)
  return [...(before ?? []), origin]
}

function explainOrigin(text: string): string {
  const { host, protocol } = URL.canParse(text) ? new URL(text) : { host: '', protocol: '' }
  if (protocol === 'http:') return `Plain http is for localhost only. Write --origin https://${host}`
  const bare = `https://${text}`
  if (!text.includes('://') && URL.canParse(bare)) {
    const { host: meant, hostname } = new URL(bare)
    const isHere = normalizeOrigin(`http://${hostname}`) !== null
    if (isHere || hostname.includes('.'))
      return `An origin begins with its scheme. Write --origin ${isHere ? 'http' : 'https'}://${meant}`
  }
  return 'Expected an origin such as https://app.example (http only for localhost).'
}

export function readEmail(text: string): string {
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)) throw new InvalidArgumentError('Expected an e-mail address.')
  return text.toLowerCase()
}

/** `all`, or ids separated by commas. Commander takes a null for a missing value, so `all` stays a word. */
export function readModels(text: string): readonly string[] | 'all' {
  if (text === 'all') return 'all'
  const models = text
    .split(',')
    .map((model) => model.trim())
    .filter((model) => model !== '')
  if (models.length === 0) throw new InvalidArgumentError('Expected model ids separated by commas, or all.')
  return models
}

export function readHttpsUrl(text: string): string {
  if (!URL.canParse(text) || new URL(text).protocol !== 'https:')
    throw new InvalidArgumentError('Expected an https:// URL.')
  return text
}

export function readColor(text: string): string {
  if (!/^#[0-9a-f]{6}$/i.test(text)) throw new InvalidArgumentError('Expected a colour such as #3366ff.')
  return text.toLowerCase()
}

export function readName(text: string): string {
  const name = text.trim()
  if (name === '' || name.length > 100) throw new InvalidArgumentError('Expected 1 to 100 characters.')
  return name
}

/** Null: every model. */
export function allowedModels(models: readonly string[] | 'all'): readonly string[] | null {
  return models === 'all' ? null : models
}
