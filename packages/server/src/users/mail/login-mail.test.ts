import { chooseLocale, languageTags } from '@opencredits/protocol'
import { describe, expect, it } from 'vitest'
import { composeLoginMail } from './login-mail.ts'

const compose = (tag: string, appName = 'Acme') =>
  composeLoginMail({
    to: 'someone@example.com',
    code: '012345',
    appName,
    host: 'credits.example',
    locale: chooseLocale([tag]),
  })

describe('composeLoginMail', () => {
  it.each([
    ['en', '012345 is your code for Acme'],
    ['es-MX', '012345 es tu código para Acme'],
    ['de-AT', '012345 ist Ihr Code für Acme'],
    ['fr', '012345 est votre code pour Acme'],
    ['pt', '012345 é seu código para Acme'],
    ['ja', 'Acme の認証コード: 012345'],
    ['ko', 'Acme 인증 코드: 012345'],
    ['hi', '012345 Acme के लिए आपका कोड है'],
    ['ru', '012345 — ваш код для Acme'],
    ['zh-CN', '012345 是您的 Acme 验证码'],
    ['ar', '012345 هو رمزك لتطبيق Acme'],
    ['pl', '012345 is your code for Acme'],
    ['en-XA', '012345 is your code for Acme'],
  ])('%s', (tag, subject) => expect(compose(tag).subject).toBe(subject))

  it('gives the code a line of its own, in every language, and says the same in both bodies', () => {
    for (const tag of languageTags) {
      const { text, html } = compose(tag)
      const lines = text.split('\n').filter((line) => line !== '')
      expect([tag, lines.length, lines[1]]).toEqual([tag, 5, '012345'])
      expect([tag, lines[2]]).toEqual([tag, expect.stringContaining('credits.example')])
      for (const line of lines) expect([tag, html.includes(`>${line}<`)]).toEqual([tag, true])
      if (tag !== 'en') expect(text).not.toContain('Your sign-in code')
    }
  })

  it.each([
    ['ar', '<html lang="ar" dir="rtl">'],
    ['de', '<html lang="de" dir="ltr">'],
    ['zh-CN', '<html lang="zh-Hans" dir="ltr">'],
  ])('says in which language it is: %s', (tag, html) => expect(compose(tag).html).toContain(html))

  it('takes no line break and no hole from the name of the app', () =>
    expect(compose('en', 'A\r\nBcc: x {code}').subject).toBe('012345 is your code for A Bcc: x {code}'))
})
