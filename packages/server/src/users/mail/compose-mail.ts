import type { ChosenLocale } from '@opencredits/protocol'
import { type MailBlock, renderHtml, renderText } from './layout.ts'
import { fill, type MailLocale, mailLocale, oneLine } from './mail-locale.ts'
import type { Mail } from './mailer.ts'

/** What a mail tells. Amounts of credits are decimals, money is in major units, and links are whole. */
export type MailContent =
  | { readonly kind: 'code'; readonly appName: string; readonly code: string; readonly host: string }
  | ReceiptContent
  | {
      readonly kind: 'new_app'
      readonly appName: string
      readonly limit: MailLimit | null
      readonly links: AccountLinks
    }
  | {
      readonly kind: 'low_balance' | 'empty_balance'
      readonly balance: number
      readonly links: AccountLinks
    }
  | {
      readonly kind: 'key_budget'
      /** Of the app, or of a key of one's own. */
      readonly name: string
      readonly usedCredits: number
      readonly limit: MailLimit
      readonly links: AccountLinks
    }
  | {
      readonly kind: 'new_sign_in'
      readonly device: string | null
      readonly address: string | null
      readonly atMs: number
      readonly links: AccountLinks
    }

export interface ReceiptContent {
  readonly kind: 'receipt'
  readonly appName: string
  readonly credits: number
  readonly amount: number
  readonly currency: string
  /** Stripe's page. */
  readonly receiptUrl: string | null
  /** To a guest: the link that adds the credits to an account. */
  readonly claimUrl: string | null
  readonly links: AccountLinks
}

export interface MailLimit {
  readonly credits: number
  readonly window: 'total' | 'day' | 'week' | 'month'
}

/** Pages of the account. */
export interface AccountLinks {
  readonly account: string
  readonly apps: string
  readonly sessions: string
  readonly settings: string
}

/** Writes a mail in one of eleven languages, as text and as a page. */
export function composeMail(to: string, content: MailContent, chosen: ChosenLocale): Mail {
  const locale = mailLocale(chosen)
  const { subject, blocks } = write(content, locale)
  const settingsUrl = isNotification(content) ? content.links.settings : null
  const all: readonly MailBlock[] =
    settingsUrl === null ? blocks : [...blocks, { kind: 'link', label: locale.words.settings, url: settingsUrl }]
  const page = { language: locale.language, title: subject, hasHeading: content.kind !== 'code', blocks: all }
  return {
    to,
    subject,
    text: renderText(page),
    html: renderHtml(page),
    ...(settingsUrl === null ? {} : { unsubscribeUrl: settingsUrl }),
  }
}

/** Codes and receipts are answers to what somebody has just done; all else can be switched off. */
function isNotification(content: MailContent) {
  return content.kind !== 'code' && content.kind !== 'receipt'
}

interface Written {
  readonly subject: string
  readonly blocks: readonly MailBlock[]
}

function write(content: MailContent, locale: MailLocale): Written {
  const { words } = locale
  switch (content.kind) {
    case 'code': {
      const values = { code: content.code, app: oneLine(content.appName) }
      const { subject, intro, where, lifetime, ignore } = words.code
      const blocks: readonly MailBlock[] = [
        { kind: 'paragraph', text: intro },
        { kind: 'code', text: content.code },
        { kind: 'paragraph', text: fill(where, { host: content.host }) },
        { kind: 'paragraph', text: lifetime },
        { kind: 'note', text: ignore },
      ]
      return { subject: fill(subject, values), blocks }
    }
    case 'receipt':
      return writeReceipt(content, locale)
    case 'new_app': {
      const app = oneLine(content.appName)
      const { subject, intro, unknown, button } = words.newApp
      return {
        subject: fill(subject, { app }),
        blocks: [
          { kind: 'paragraph', text: fill(intro, { app }) },
          { kind: 'figures', rows: [[words.labels.limit, limitOf(content.limit, locale)]] },
          { kind: 'paragraph', text: unknown },
          { kind: 'button', label: button, url: content.links.apps },
        ],
      }
    }
    case 'low_balance':
    case 'empty_balance': {
      const { subject, intro, button } = content.kind === 'low_balance' ? words.lowBalance : words.emptyBalance
      return {
        subject,
        blocks: [
          { kind: 'paragraph', text: intro },
          { kind: 'figures', rows: [[words.labels.balance, locale.number(content.balance)]] },
          { kind: 'button', label: button, url: content.links.account },
        ],
      }
    }
    case 'key_budget': {
      const { subject, intro, button } = words.keyBudget
      const { limit, usedCredits } = content
      const values = { name: oneLine(content.name), percent: locale.percent(shareOf(usedCredits, limit.credits)) }
      const rows = [
        [words.labels.used, locale.number(usedCredits)],
        [words.labels.limit, limitOf(limit, locale)],
      ] as const
      return {
        subject: fill(subject, values),
        blocks: [
          { kind: 'paragraph', text: intro },
          { kind: 'figures', rows },
          { kind: 'button', label: button, url: content.links.apps },
        ],
      }
    }
    case 'new_sign_in':
      return writeSignIn(content, locale)
  }
}

function writeReceipt(content: ReceiptContent, locale: MailLocale): Written {
  const { receipt, labels } = locale.words
  const app = oneLine(content.appName)
  const rows = [
    [labels.app, app],
    [labels.credits, locale.number(content.credits)],
    [labels.paid, locale.money(content.amount, content.currency)],
  ] as const
  const forGuest: readonly MailBlock[] =
    content.claimUrl === null
      ? [{ kind: 'button', label: receipt.account, url: content.links.account }]
      : [
          { kind: 'paragraph', text: receipt.guest },
          { kind: 'button', label: receipt.claim, url: content.claimUrl },
          { kind: 'note', text: receipt.once },
        ]
  const ofPayment: readonly MailBlock[] =
    content.receiptUrl === null ? [] : [{ kind: 'link', label: receipt.payment, url: content.receiptUrl }]
  return {
    subject: fill(receipt.subject, { app }),
    blocks: [{ kind: 'paragraph', text: receipt.intro }, { kind: 'figures', rows }, ...forGuest, ...ofPayment],
  }
}

function writeSignIn(content: MailContent & { readonly kind: 'new_sign_in' }, locale: MailLocale): Written {
  const { newSignIn, labels } = locale.words
  const rows = [
    ...(content.device === null ? [] : [[labels.device, content.device] as const]),
    ...(content.address === null ? [] : [[labels.address, content.address] as const]),
    [labels.time, locale.time(content.atMs)] as const,
  ]
  return {
    subject: newSignIn.subject,
    blocks: [
      { kind: 'paragraph', text: newSignIn.intro },
      { kind: 'figures', rows },
      { kind: 'paragraph', text: newSignIn.unknown },
      { kind: 'button', label: newSignIn.button, url: content.links.sessions },
    ],
  }
}

function limitOf(limit: MailLimit | null, locale: MailLocale): string {
  const { limits } = locale.words
  return limit === null ? limits.none : fill(limits[limit.window], { credits: locale.number(limit.credits) })
}

/** Rounded down, so that nothing is said to be used up that is not. */
function shareOf(used: number, limit: number): number {
  return limit <= 0 ? 1 : Math.floor((100 * used) / limit) / 100
}
