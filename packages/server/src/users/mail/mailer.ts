import { createTransport } from 'nodemailer'

export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
  /** The same for programs that show it. */
  readonly html: string
  /** Where its kind of mail is switched off; left out for mails that cannot be. */
  readonly unsubscribeUrl?: string
  /** The same at every try, so that mail programs show a mail once that was sent twice. */
  readonly messageId?: string
}

export interface Mailer {
  send(mail: Mail): Promise<void>
}

/** Sends through the operator's SMTP server. */
export function createSmtpMailer(smtp: { readonly smtpUrl: string; readonly from: string }): Mailer {
  const transport = createTransport(smtp.smtpUrl, { from: smtp.from })
  return {
    async send({ unsubscribeUrl, ...mail }) {
      // Readable in the raw, whatever the language.
      const list = unsubscribeUrl === undefined ? {} : { list: { unsubscribe: unsubscribeUrl } }
      // An address as an object is one address, whatever characters are in it.
      const to = { name: '', address: mail.to }
      const automatic = { 'auto-submitted': 'auto-generated' }
      await transport.sendMail({ ...mail, to, ...list, headers: automatic, textEncoding: 'quoted-printable' })
    },
  }
}

/** For sandbox mode without an SMTP server: mails are printed as such, apart from the log. */
export function createPrintMailer(write: (text: string) => void): Mailer {
  return {
    async send(mail) {
      write(`\n  Mail to ${mail.to}: ${mail.subject}\n  ${mail.text.replaceAll('\n', '\n  ')}\n\n`)
    },
  }
}
