import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { isoCBOR } from '@simplewebauthn/server/helpers'

/** A passkey in software: it answers as phones and keys do, with one ES256 key and no attestation. */
export interface TestAuthenticator {
  readonly id: string
  /** `navigator.credentials.create()` */
  register(challenge: string, at?: Partial<Site>): Record<string, unknown>
  /** `navigator.credentials.get()`; the counter goes up by one. */
  answer(challenge: string, at?: Partial<Site>): Record<string, unknown>
  /** A copy of the device as it is now. */
  clone(): TestAuthenticator
}

interface Site {
  readonly origin: string
  readonly id: string
  readonly isUserVerified: boolean
}

const userPresent = 1
const userVerified = 4
const hasCredential = 64

export function createTestAuthenticator(site: Omit<Site, 'isUserVerified'>): TestAuthenticator {
  const id = randomBytes(16)
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const coseKey = isoCBOR.encode(
    new Map<number, number | Uint8Array>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, bytes(x)],
      [-3, bytes(y)],
    ]),
  )
  const data = (at: Site, counter: number, credential: Uint8Array) => {
    const flags = userPresent | (at.isUserVerified ? userVerified : 0) | (credential.length > 0 ? hasCredential : 0)
    const count = Buffer.alloc(4)
    count.writeUInt32BE(counter)
    return Buffer.concat([createHash('sha256').update(at.id).digest(), Buffer.from([flags]), count, credential])
  }
  const clientData = (type: string, challenge: string, origin: string) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))
  const device = (counterBefore: number): TestAuthenticator => {
    let counter = counterBefore
    const common = { id: id.toString('base64url'), rawId: id.toString('base64url'), type: 'public-key' }
    return {
      id: common.id,
      clone: () => device(counter),
      register(challenge, at = {}) {
        const { origin, ...rest } = { isUserVerified: true, ...site, ...at }
        const length = Buffer.alloc(2)
        length.writeUInt16BE(id.length)
        const credential = Buffer.concat([Buffer.alloc(16), length, id, coseKey])
        const attestationObject = isoCBOR.encode(
          new Map<string, unknown>([
            ['fmt', 'none'],
            ['attStmt', new Map()],
            ['authData', new Uint8Array(data({ origin, ...rest }, counter, credential))],
          ]) as Parameters<typeof isoCBOR.encode>[0],
        )
        return {
          ...common,
          response: {
            clientDataJSON: clientData('webauthn.create', challenge, origin).toString('base64url'),
            attestationObject: Buffer.from(attestationObject).toString('base64url'),
            transports: ['internal'],
          },
        }
      },
      answer(challenge, at = {}) {
        counter += 1
        const { origin, ...rest } = { isUserVerified: true, ...site, ...at }
        const authenticatorData = data({ origin, ...rest }, counter, new Uint8Array())
        const json = clientData('webauthn.get', challenge, origin)
        const signed = Buffer.concat([authenticatorData, createHash('sha256').update(json).digest()])
        return {
          ...common,
          response: {
            clientDataJSON: json.toString('base64url'),
            authenticatorData: authenticatorData.toString('base64url'),
            signature: sign('sha256', signed, privateKey).toString('base64url'),
          },
        }
      },
    }
  }
  return device(0)
}

function bytes(base64url: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64url, 'base64url'))
}
