import { SMTPServer } from 'smtp-server'

/** An SMTP server that keeps what it is sent. */
export interface MailBox {
  readonly smtpUrl: string
  /** All mails so far, whole, one after the other. */
  text(): string
  close(): Promise<void>
}

/** @param port where it listens; without it, at one that is free */
export async function openMailBox(port = 0): Promise<MailBox> {
  let text = ''
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      let mail = ''
      stream.on('data', (data) => {
        mail += data
      })
      stream.on('end', () => {
        text += `${mail}\n`
        done()
      })
    },
  })
  await new Promise<void>((listening) => smtp.listen(port, '127.0.0.1', () => listening()))
  const address = smtp.server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    smtpUrl: `smtp://127.0.0.1:${address.port}`,
    text: () => text,
    close: () => new Promise((closed) => smtp.close(() => closed())),
  }
}

/** Mails as they are read: no soft line breaks, and each character instead of its bytes. */
export function decodeMails(text: string): string {
  return text
    .replace(/\?=\s+=\?UTF-8\?Q\?/gi, '')
    .replace(/=\?UTF-8\?Q\?(.*?)\?=/gi, (_all, word: string) => word.replaceAll('_', ' '))
    .replace(/=\r?\n/g, '')
    .replace(/(?:=[0-9A-F]{2})+/g, (bytes) => Buffer.from(bytes.replaceAll('=', ''), 'hex').toString('utf8'))
}
