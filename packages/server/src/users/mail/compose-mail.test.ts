import { chooseLocale, languageTags } from '@opencredits/protocol'
import { createTransport } from 'nodemailer'
import { describe, expect, it } from 'vitest'
import { composeMail, type MailContent } from './compose-mail.ts'
import { oneLine } from './mail-locale.ts'
import { en } from './words/en.ts'

const account = 'https://credits.example/account'
const links = { account, apps: `${account}/apps`, sessions: `${account}/sessions`, settings: `${account}/settings` }
const limit = { credits: 1500, window: 'month' } as const
const appName = 'A & <b>c'

const contents: Readonly<Record<string, MailContent>> = {
  code: { kind: 'code', appName, code: '01234567', host: 'credits.example' },
  guest: {
    ...{ kind: 'receipt', appName, credits: 1234.5, amount: 12.35, currency: 'eur', links },
    ...{ receiptUrl: 'https://pay.stripe.com/receipts/1?s=ap&x=1', claimUrl: `${account}/claim#secret` },
  },
  receipt: {
    ...{ kind: 'receipt', appName, credits: 1234.5, amount: 1235, currency: 'jpy', links },
    ...{ receiptUrl: null, claimUrl: null },
  },
  newApp: { kind: 'new_app', appName, limit, links },
  newAppWithoutLimit: { kind: 'new_app', appName, limit: null, links },
  low: { kind: 'low_balance', balance: 42.123456, links },
  empty: { kind: 'empty_balance', balance: 0, links },
  budget: { kind: 'key_budget', name: appName, usedCredits: 1299, limit, links },
  signIn: { kind: 'new_sign_in', device: 'Chrome on macOS', address: '192.0.2.1', atMs: 0, links },
}

const compose = (name: string, tag: string) => {
  const content = contents[name]
  if (content === undefined) throw new Error(`no ${name}`)
  return composeMail('a@example.com', content, chooseLocale([tag]))
}

const unescaped = (html: string) =>
  html.replace(/&(amp|lt|gt|quot|#39);/g, (named) =>
    String({ '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" }[named]),
  )

describe.each(Object.keys(contents))('the mail %s', (name) => {
  it.each(languageTags)('in %s says all in both bodies, fills every hole and loads nothing', (tag) => {
    const { subject, text, html } = compose(name, tag)
    expect(subject + text + html).not.toMatch(/\{\w+\}|undefined|NaN/)
    const shown = unescaped(html)
    for (const line of text.split('\n').filter((one) => one !== ''))
      for (const part of line.startsWith('https://') ? [line] : line.replace(/:$/, '').split(/(?<=\S): /))
        expect(shown).toContain(part)
    expect(html).not.toMatch(/<img|<link|src=|@import|url\(/)
    expect(html).toContain(`lang="${tag}"`)
    expect(html).not.toContain('<b>c')
    if (tag !== 'en') expect(text).not.toContain(compose(name, 'en').text.split('\n')[0])
  })
})

describe('composeMail', () => {
  it('writes figures as they are written where the reader is', () => {
    expect(compose('guest', 'de-AT').text).toMatch(/1\s?234,5[\s\S]*€\s?12,35/)
    expect(compose('receipt', 'en').text).toMatch(/1,234\.5[\s\S]*¥1,235/)
    expect(compose('budget', 'en').subject).toBe('A & <b>c has used 86% of its limit')
    expect(compose('low', 'en').text).toContain('42.12')
    expect(compose('newApp', 'en').text).toContain('1,500 a month')
    expect(compose('newAppWithoutLimit', 'en').text).toContain(en.limits.none)
  })

  it('gives the link that claims to guests only, and a way to switch off to notifications only', () => {
    expect(compose('guest', 'en').text).toContain(`${account}/claim#secret`)
    expect(compose('receipt', 'en').text).not.toContain('/claim')
    for (const name of Object.keys(contents))
      expect([name, compose(name, 'en').unsubscribeUrl]).toEqual([
        name,
        ['code', 'guest', 'receipt'].includes(name) ? undefined : links.settings,
      ])
  })

  it('lets no name of an app make a header, whatever line breaks are in it', async () => {
    const hostile = 'Acme\r\nBcc: victim@example.com\u2028X-Evil: 1\u0000'
    const mail = composeMail('a@example.com', { kind: 'new_app', appName: hostile, limit, links }, chooseLocale(['en']))
    expect(mail.subject).toBe('Acme Bcc: victim@example.com X-Evil: 1 can now spend your credits')
    const { message } = await createTransport({ streamTransport: true, buffer: true }).sendMail(mail)
    const headers = String(message).split('\r\n\r\n')[0] ?? ''
    expect(headers).not.toMatch(/^(bcc|x-evil):/im)
  })
})

describe('oneLine', () => {
  it.each([
    ['a name', 'a name'],
    [' a\tname\n', 'a name'],
    ['x'.repeat(61), `${'x'.repeat(59)}…`],
    ['👩‍🚀'.repeat(3), '👩‍🚀'.repeat(3)],
  ])('%j is %j', (name, line) => expect(oneLine(name)).toBe(line))
})
