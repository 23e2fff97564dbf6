import { type MailBlock, renderHtml, renderText } from './layout.ts'
import { oneLine } from './mail-locale.ts'
import type { Mail } from './mailer.ts'

/** A mail about an app: to its members, to whom is invited, or to the operator. */
export interface ConsoleMail {
  readonly to: string
  readonly subject: string
  readonly paragraphs: readonly string[]
  readonly rows: readonly (readonly [label: string, value: string])[]
  readonly button: { readonly label: string; readonly url: string } | null
  readonly note: string | null
}

/** In English, as all that is for makers. What people have written stands in rows, each on one line. */
export function composeConsoleMail({ to, subject, paragraphs, rows, button, note }: ConsoleMail): Mail {
  const blocks: readonly MailBlock[] = [
    ...paragraphs.map((text) => ({ kind: 'paragraph', text }) as const),
    ...(rows.length === 0 ? [] : [{ kind: 'figures', rows } as const]),
    ...(button === null ? [] : [{ kind: 'button', ...button } as const]),
    ...(note === null ? [] : [{ kind: 'note', text: note } as const]),
  ]
  const page = { language: 'en', title: oneLine(subject), hasHeading: true, blocks } as const
  return { to, subject: page.title, text: renderText(page), html: renderHtml(page) }
}
