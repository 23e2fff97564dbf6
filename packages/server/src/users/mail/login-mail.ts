import type { ChosenLocale } from '@opencredits/protocol'
import { composeMail } from './compose-mail.ts'
import type { Mail } from './mailer.ts'

export interface LoginMail {
  readonly to: string
  readonly code: string
  readonly appName: string
  /** Of this installation's pages: the code is typed there and nowhere else. */
  readonly host: string
  readonly locale: ChosenLocale
}

/** The mail with a sign-in code, in the user's language. */
export function composeLoginMail({ to, code, appName, host, locale }: LoginMail): Mail {
  return composeMail(to, { kind: 'code', code, appName, host }, locale)
}
