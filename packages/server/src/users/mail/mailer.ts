import { createTransport } from 'nodemailer'

export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
  /** The same for programs that show it. */
  readonly html: string
}

export interface Mailer {
  send(mail: Mail): Promise<void>
}

/** Sends through the operator's SMTP server. */
export function createSmtpMailer(smtp: { readonly smtpUrl: string; readonly from: string }): Mailer {
  const transport = createTransport(smtp.smtpUrl, { from: smtp.from })
  return {
    async send(mail) {
      // Readable in the raw, whatever the language.
      await transport.sendMail({ ...mail, textEncoding: 'quoted-printable' })
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
