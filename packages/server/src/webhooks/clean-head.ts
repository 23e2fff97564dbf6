export const headBytesMax = 1_024

const secret = /\b(oc_(sk|rk|pk)_|whsec_|sk_(live|test)_|sk-)[\w+/=-]+/g
const email = /[^\s@<>"'(),;:]+@[^\s@<>"'(),;:]+\.[a-z]{2,}/gi

/**
 * The beginning of an endpoint's answer, as it is kept for its owner to read: an endpoint may answer with whatever it has
 * at hand, so keys and e-mail addresses are taken out.
 */
export function cleanHead(bytes: Buffer): string | null {
  // PostgreSQL has no NUL in texts, and a cut character says nothing.
  const text = bytes
    .subarray(0, headBytesMax)
    .toString('utf8')
    .replaceAll(/\p{Cc}/gu, (character) => (character === '\n' || character === '\t' ? character : ' '))
    .replace(/\uFFFD+$/, '')
    .replaceAll(secret, '[key]')
    .replaceAll(email, '[e-mail]')
    .trim()
  return text === '' ? null : text
}
