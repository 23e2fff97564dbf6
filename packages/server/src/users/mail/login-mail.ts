import { type ChosenLocale, fillPlaceholders, type LanguageTag, languageTags } from '@opencredits/protocol'
import type { Mail } from './mailer.ts'

interface LoginWords {
  readonly subject: string
  readonly intro: string
  readonly lifetime: string
  readonly ignore: string
}

/** `{code}` and `{app}` are filled in. */
const words: Readonly<Record<LanguageTag, LoginWords>> = {
  en: {
    subject: '{code} is your code for {app}',
    intro: 'Your sign-in code is:',
    lifetime: 'It is valid for ten minutes.',
    ignore: 'If you did not ask for it, ignore this message: nobody gets in without it.',
  },
  es: {
    subject: '{code} es tu código para {app}',
    intro: 'Tu código de inicio de sesión es:',
    lifetime: 'Es válido durante diez minutos.',
    ignore: 'Si no lo has solicitado, ignora este mensaje: nadie puede entrar sin él.',
  },
  de: {
    subject: '{code} ist Ihr Code für {app}',
    intro: 'Ihr Anmeldecode lautet:',
    lifetime: 'Er ist zehn Minuten gültig.',
    ignore:
      'Falls Sie ihn nicht angefordert haben, ignorieren Sie diese Nachricht. Ohne ihn kann sich niemand anmelden.',
  },
  fr: {
    subject: '{code} est votre code pour {app}',
    intro: 'Votre code de connexion\u00a0:',
    lifetime: 'Il est valable dix minutes.',
    ignore: 'Si vous ne l’avez pas demandé, ignorez ce message\u00a0: personne ne peut se connecter sans ce code.',
  },
  'pt-BR': {
    subject: '{code} é seu código para {app}',
    intro: 'Seu código de acesso é:',
    lifetime: 'Ele é válido por dez minutos.',
    ignore: 'Se você não o solicitou, ignore esta mensagem: ninguém consegue entrar sem ele.',
  },
  ja: {
    subject: '{app} の認証コード: {code}',
    intro: 'ログイン用の認証コードは次のとおりです。',
    lifetime: '有効期間は 10 分です。',
    ignore: 'お心当たりのない場合は、このメールを無視してください。このコードがなければ誰もログインできません。',
  },
  ko: {
    subject: '{app} 인증 코드: {code}',
    intro: '로그인 코드는 다음과 같습니다.',
    lifetime: '코드는 10분 동안 유효합니다.',
    ignore: '요청하지 않으셨다면 이 메일을 무시하세요. 이 코드가 없으면 아무도 로그인할 수 없습니다.',
  },
  hi: {
    subject: '{code} {app} के लिए आपका कोड है',
    intro: 'आपका साइन-इन कोड है:',
    lifetime: 'यह दस मिनट तक मान्य है।',
    ignore: 'अगर आपने इसे नहीं मँगाया, तो इस संदेश को अनदेखा करें: इसके बिना कोई साइन इन नहीं कर सकता।',
  },
  ru: {
    subject: '{code} — ваш код для {app}',
    intro: 'Ваш код для входа:',
    lifetime: 'Он действует десять минут.',
    ignore: 'Если вы его не запрашивали, не обращайте внимания на это письмо: без кода никто не войдёт.',
  },
  'zh-Hans': {
    subject: '{code} 是您的 {app} 验证码',
    intro: '您的登录验证码是：',
    lifetime: '十分钟内有效。',
    ignore: '如果不是您本人请求的，请忽略此邮件。没有验证码，任何人都无法登录。',
  },
  ar: {
    subject: '{code} هو رمزك لتطبيق {app}',
    intro: 'رمز تسجيل الدخول الخاص بك هو:',
    lifetime: 'وهو صالح لمدة عشر دقائق.',
    ignore: 'إذا لم تطلبه، فتجاهل هذه الرسالة: لا يمكن لأحد الدخول بدونه.',
  },
}

export interface LoginMail {
  readonly to: string
  readonly code: string
  readonly appName: string
  readonly locale: ChosenLocale
}

/** The mail with a sign-in code, in the user's language. */
export function composeLoginMail({ to, code, appName, locale }: LoginMail): Mail {
  // A pseudo-locale is for screens; its mails are English.
  const language = languageTags.find((tag) => tag === locale.language) ?? 'en'
  const { subject, intro, lifetime, ignore } = words[language]
  const values = new Map([
    ['code', code],
    ['app', appName.replace(/[\r\n]+/g, ' ')],
  ])
  return {
    to,
    subject: fillPlaceholders(subject, (name) => values.get(name)),
    // The code has a line of its own, to be copied with one click.
    text: [intro, '', code, '', lifetime, ignore].join('\n'),
    html: page(language, [
      paragraph(intro),
      `<p style="margin:24px 0;font:600 32px/1.2 ui-monospace,Menlo,Consolas,monospace;letter-spacing:6px">${code}</p>`,
      paragraph(lifetime),
      `<p style="margin:16px 0 0;color:#5a6170;font-size:14px">${ignore}</p>`,
    ]),
  }
}

function paragraph(text: string): string {
  return `<p style="margin:0">${text}</p>`
}

/** Mail programs know styles in the elements only. Nothing of the app's is in it, so nothing has to be escaped. */
function page(language: LanguageTag, content: readonly string[]): string {
  const direction = language === 'ar' ? 'rtl' : 'ltr'
  return `<!doctype html><html lang="${language}" dir="${direction}"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"></head>
<body><div style="max-width:480px;margin:0 auto;padding:32px 24px;font:16px/1.5 system-ui,-apple-system,Segoe UI,Roboto,sans-serif">${content.join('\n')}</div></body></html>`
}
