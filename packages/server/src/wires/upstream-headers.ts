import type { IncomingHttpHeaders } from 'node:http'

/** The client's headers of these names (or prefixes, written `name-*`), byte for byte, none that holds a key of ours. */
export function pickHeaders(headers: IncomingHttpHeaders, wanted: readonly string[]): Record<string, string> {
  const picked: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    const isWanted = wanted.some((pattern) =>
      pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
    )
    const text = Array.isArray(value) ? value.join(', ') : value
    if (isWanted && text !== undefined && !/oc_(sk|rk)_/.test(text)) picked[name] = text
  }
  return picked
}
