interface TestWords {
  readonly banner: string
  /** Where the e-mailed code is asked for. */
  readonly code: string
}

const english: TestWords = {
  banner: 'Test mode: no real money.',
  code: 'No email is sent in test mode. The code is 42424242.',
}

/** Said in the test world only, so they come with it and not with the words of a language. */
const words: Readonly<Record<string, TestWords>> = {
  en: english,
  es: {
    banner: 'Modo de prueba: sin dinero real.',
    code: 'En modo de prueba no se envía ningún correo. El código es 42424242.',
  },
  de: {
    banner: 'Testmodus: kein echtes Geld.',
    code: 'Im Testmodus wird keine E-Mail gesendet. Der Code ist 42424242.',
  },
  fr: {
    banner: 'Mode test : aucun débit réel.',
    code: 'En mode test, aucun e-mail n’est envoyé. Le code est 42424242.',
  },
  'pt-BR': {
    banner: 'Modo de teste: sem dinheiro real.',
    code: 'No modo de teste, nenhum e-mail é enviado. O código é 42424242.',
  },
  ja: {
    banner: 'テストモード: 実際の請求はありません。',
    code: 'テストモードではメールは送信されません。コードは 42424242 です。',
  },
  ko: {
    banner: '테스트 모드: 실제로 결제되지 않습니다.',
    code: '테스트 모드에서는 이메일을 보내지 않습니다. 코드는 42424242입니다.',
  },
  hi: {
    banner: 'टेस्ट मोड: असली पैसे नहीं लगेंगे।',
    code: 'टेस्ट मोड में कोई ईमेल नहीं भेजा जाता। कोड 42424242 है।',
  },
  ru: {
    banner: 'Тестовый режим: деньги не списываются.',
    code: 'В тестовом режиме письма не отправляются. Код: 42424242.',
  },
  'zh-Hans': { banner: '测试模式：不会产生真实扣款。', code: '测试模式下不会发送邮件。验证码是 42424242。' },
  ar: {
    banner: 'وضع الاختبار: بدون أموال حقيقية.',
    code: 'لا يُرسل أي بريد إلكتروني في وضع الاختبار. الرمز هو 42424242.',
  },
}

/** @param language tag that the page declares; English for one that has no words here */
export function testWordsIn(language: string): TestWords {
  return words[language] ?? english
}
