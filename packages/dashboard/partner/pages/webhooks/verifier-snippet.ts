/** The verifier of the documentation without its types: a test holds them together. */
export const verifierSnippet = `import { createHmac, timingSafeEqual } from 'node:crypto'

export function verify(headers, body, secret) {
  const { 'webhook-id': id, 'webhook-timestamp': time } = headers
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const mac = createHmac('sha256', key).update(\`\${id}.\${time}.\${body}\`)
  const right = Buffer.from(\`v1,\${mac.digest('base64')}\`)
  const isRight = (one) =>
    one.length === right.length && timingSafeEqual(Buffer.from(one), right)
  const signatures = headers['webhook-signature']?.split(' ') ?? []
  if (!signatures.some(isRight)) throw new Error('not signed by us')
  if (Math.abs(Date.now() / 1000 - Number(time)) > 300) throw new Error('too old')
  return JSON.parse(body)
}`
