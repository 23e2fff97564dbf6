import { chooseLocale } from '@opencredits/protocol'
import type { Request } from 'express'
import type { Logger } from 'pino'
import { addressBlock } from '../http/address-block.ts'
import type { ClientAddress } from '../http/client-address.ts'
import type { CreateThrottle } from '../http/throttle.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Pepper } from '../keys/pepper.ts'
import { readWorldNowMs } from '../keys/world-time.ts'
import type { Database } from '../store/open-database.ts'
import { composeLoginMail } from '../users/mail/login-mail.ts'
import type { Mailer } from '../users/mail/mailer.ts'
import { isKnownBrowser } from './known-device.ts'
import { type CreatedLoginCode, createLoginCode } from './login-code.ts'

export interface CodeSenderDeps {
  readonly db: Database
  readonly clock: Clock
  readonly logger: Logger
  readonly pepper: Pepper
  readonly publicUrl: string
  /** Null: nobody can sign in, because codes cannot be mailed. */
  readonly mailer: Mailer | null
  readonly createThrottle: CreateThrottle
  readonly clientAddress: ClientAddress
}

export interface CodeWish {
  /** Normalised. */
  readonly email: string
  /** What is signed in to. */
  readonly app: { readonly id: string; readonly name: string; readonly livemode?: boolean }
  /** The tag that the request's body names; without one the browser's languages decide. */
  readonly locale: string | null | undefined
}

/**
 * Mails a sign-in code; in the test world it is known, and nothing is mailed.
 * @throws AppError 429 `rate_limited` for too many codes to one mailbox or from one address, 503 `mail_unavailable`.
 */
export type SendLoginCode = (request: Request, wish: CodeWish) => Promise<CreatedLoginCode>

/** One for all ways to sign in, so that their codes are counted together. */
export function createCodeSender(deps: CodeSenderDeps): SendLoginCode {
  const codesPerEmail = deps.createThrottle({ name: 'login-codes-email', times: 5, perSeconds: 900 })
  // Strangers who ask for a mailbox's codes all day do not keep a browser out that was signed in to it before.
  const codesPerKnown = deps.createThrottle({ name: 'login-codes-known', times: 5, perSeconds: 900 })
  const codesPerAddress = deps.createThrottle({ name: 'login-codes-address', times: 30, perSeconds: 900 })
  return async (request, { email, app, locale }) => {
    const { livemode = true } = app
    const mailer = livemode ? requireMailer(deps) : null
    await codesPerAddress.take(addressBlock(deps.clientAddress(request)))
    const isKnown = await isKnownBrowser(deps, request, { email, livemode })
    // Who asks for codes of an app's test world uses up none of the mailbox's own, nor of another app's tests.
    await (isKnown ? codesPerKnown : codesPerEmail).take(livemode ? email : `test:${app.id}:${email}`)
    const wanted = { email, partnerId: app.id, livemode }
    const login = await createLoginCode(deps.db, deps.pepper, wanted, await readWorldNowMs(deps, wanted))
    if (mailer === null) return login
    const mail = composeLoginMail({
      to: email,
      code: login.code,
      appName: app.name,
      host: new URL(deps.publicUrl).host,
      locale: chooseLocale([locale ?? 'auto', ...request.acceptsLanguages()]),
    })
    await mailer.send(mail).catch((error: unknown) => {
      const name = error instanceof Error ? error.name : 'unknown'
      deps.logger.error({ error: name }, 'a sign-in code could not be mailed')
      throw new AppError('internal_error', 'The e-mail could not be sent. Try again in a minute.', { cause: error })
    })
    return login
  }
}

function requireMailer({ mailer }: CodeSenderDeps): Mailer {
  if (mailer !== null) return mailer
  throw new AppError(
    'mail_unavailable',
    'Signing in is not available here: this server has no mail server to send codes with. Its operator has to set SMTP_URL.',
  )
}
