import { z } from 'zod'

const base64url = z
  .string()
  .max(20_000)
  .regex(/^[\w-]*$/, 'expected base64url')
const transports = z.enum(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'])

/** A credential as browsers tell it (`PublicKeyCredential.toJSON()`). The library checks what the fields hold. */
const credential = {
  id: base64url,
  rawId: base64url,
  type: z.literal('public-key'),
  clientExtensionResults: z.object({}).default({}),
}

export const newPasskeySchema = z.object({
  challenge_id: z.string().max(100),
  name: z.string().trim().min(1).max(100).default('Passkey'),
  response: z.object({
    ...credential,
    response: z.object({
      clientDataJSON: base64url,
      attestationObject: base64url,
      // A transport that is not known yet helps nobody to find the passkey again.
      transports: z.array(transports.catch('hybrid')).max(20).default([]),
    }),
  }),
})

export const usedPasskeySchema = z.object({
  challenge_id: z.string().max(100),
  response: z.object({
    ...credential,
    response: z.object({ clientDataJSON: base64url, authenticatorData: base64url, signature: base64url }),
  }),
})
