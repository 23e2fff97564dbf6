import type { LanguageTag } from '@opencredits/protocol'

/** A part of a mail, one below the other. */
export type MailBlock =
  | { readonly kind: 'paragraph' | 'note'; readonly text: string }
  /** A line of its own, to be copied with one click. */
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'figures'; readonly rows: readonly (readonly [label: string, value: string])[] }
  | { readonly kind: 'button' | 'link'; readonly label: string; readonly url: string }

export interface MailPage {
  readonly language: LanguageTag
  readonly title: string
  /** The title stands over the text as well, for programs that show a mail without its subject. */
  readonly hasHeading: boolean
  readonly blocks: readonly MailBlock[]
}

/** The mail for programs that show text only. */
export function renderText({ blocks }: MailPage): string {
  return blocks.map(textOf).join('\n\n')
}

function textOf(block: MailBlock): string {
  switch (block.kind) {
    case 'figures':
      return block.rows.map(([label, value]) => `${label}: ${value}`).join('\n')
    case 'button':
    case 'link':
      return `${block.label}:\n${block.url}`
    default:
      return block.text
  }
}

/**
 * The same as a page. Mail programs know styles in the elements only, and light ones; those that know more take the
 * colours of dark from the head. Nothing is loaded from anywhere, so opening a mail tells nobody.
 */
export function renderHtml({ language, title, hasHeading, blocks }: MailPage): string {
  const direction = language === 'ar' ? 'rtl' : 'ltr'
  return `<!doctype html><html lang="${language}" dir="${direction}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>${escapeHtml(title)}</title><style>${darkColours}</style></head>
<body style="margin:0;padding:0"><div dir="${direction}" style="max-width:480px;margin:0 auto;padding:32px 20px;${font};text-align:start">${hasHeading ? headingOf(title) : ''}${blocks.map(htmlOf).join('\n')}</div></body></html>`
}

const font = 'font:16px/1.5 system-ui,-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif'
const darkColours =
  ':root{color-scheme:light dark}@media (prefers-color-scheme:dark){.muted{color:#a6adbb!important}.line{border-color:#3a3f4b!important}.link{color:#9db2ff!important}}'

function headingOf(title: string): string {
  return `<h1 style="margin:0 0 16px;font-size:20px;line-height:1.3">${escapeHtml(title)}</h1>`
}

function htmlOf(block: MailBlock): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p style="margin:0 0 16px">${escapeHtml(block.text)}</p>`
    case 'note':
      return `<p class="muted" style="margin:16px 0 0;color:#5a6170;font-size:14px">${escapeHtml(block.text)}</p>`
    case 'code':
      return `<p dir="ltr" style="margin:24px 0;font:600 32px/1.2 ui-monospace,Menlo,Consolas,monospace;letter-spacing:4px">${escapeHtml(block.text)}</p>`
    case 'figures':
      return `<table role="presentation" cellpadding="0" cellspacing="0" style="width:100%;margin:0 0 20px;border-collapse:collapse;${font}">${block.rows.map(rowOf).join('')}</table>`
    case 'button':
      return `<p style="margin:24px 0"><a href="${escapeHtml(block.url)}" style="display:inline-block;padding:12px 20px;border-radius:10px;background:#3550d6;color:#ffffff;font-weight:600;text-decoration:none">${escapeHtml(block.label)}</a></p>`
    case 'link':
      return `<p style="margin:16px 0 0;font-size:14px"><a class="link" href="${escapeHtml(block.url)}" style="color:#3550d6">${escapeHtml(block.label)}</a></p>`
  }
}

function rowOf([label, value]: readonly [string, string]): string {
  const cell = 'padding:10px 0;border-bottom:1px solid #e3e6ec;vertical-align:top'
  return `<tr><td class="muted line" style="${cell};color:#5a6170;padding-inline-end:16px;white-space:nowrap">${escapeHtml(label)}</td><td class="line" style="${cell};text-align:end;font-weight:600;word-break:break-word"><bdi>${escapeHtml(value)}</bdi></td></tr>`
}

/** Apps' names are in it, and whoever names an app is not to be trusted. */
function escapeHtml(text: string): string {
  const named: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return text.replace(/[&<>"']/g, (character) => named[character] ?? character)
}
