import type { MailWords } from './mail-words.ts'

export const ja: MailWords = {
  code: {
    subject: '{app} の認証コード: {code}',
    intro: 'ログイン用の認証コードは次のとおりです。',
    where: '{host} の OpenCredits の画面にのみ入力してください。アプリや人がこのコードを尋ねることはありません。',
    lifetime: '有効期間は 10 分です。',
    ignore: 'お心当たりのない場合は、このメールを無視してください。このコードがなければ誰もログインできません。',
  },
  receipt: {
    subject: '{app} のクレジットをご購入いただきました',
    intro: 'ご購入ありがとうございます。',
    guest:
      'このクレジットは、購入したブラウザーでのみ使えます。アカウントに追加すると、どこでも使えるようになり、ブラウザーのデータが消えても失われません。',
    claim: 'クレジットを保存',
    once: 'リンクは 30 日以内に 1 回だけ使えます。その後は、このメールアドレスでログインするとクレジットを追加できます。',
    payment: 'お支払いの領収書',
    account: 'アカウントを開く',
  },
  newApp: {
    subject: '{app} がクレジットを使えるようになりました',
    intro: '{app} に、残高のクレジットを使うことを許可しました。',
    unknown: 'お心当たりのない場合は、アカウントでアプリの接続を解除してください。',
    button: 'アプリを管理',
  },
  lowBalance: {
    subject: 'クレジットが残り少なくなっています',
    intro: 'アプリを使い続けるには、お早めにクレジットを追加してください。',
    button: 'クレジットを追加',
  },
  emptyBalance: {
    subject: 'クレジットを使い切りました',
    intro: 'クレジットを追加するまで、アプリは AI へのリクエストを送れません。',
    button: 'クレジットを追加',
  },
  keyBudget: {
    subject: '{name} が上限の {percent} を使用しました',
    intro: '上限に達すると、それ以上は使えません。上限はアカウントで変更できます。',
    button: '上限を変更',
  },
  newSignIn: {
    subject: 'アカウントへの新しいログイン',
    intro: 'これまで使われたことのないブラウザーから、アカウントへのログインがありました。',
    unknown:
      'ご本人の場合は、何もする必要はありません。お心当たりのない場合は、アカウントでこのセッションを終了してください。',
    button: 'セッションを確認',
  },
  labels: {
    app: 'アプリ',
    credits: 'クレジット',
    paid: 'お支払い金額',
    balance: '残高 (クレジット)',
    limit: '上限 (クレジット)',
    used: 'これまでの使用量',
    device: 'デバイス',
    address: 'IP アドレス',
    time: '日時',
  },
  limits: {
    none: '上限なし',
    total: '合計 {credits}',
    day: '1 日 {credits}',
    week: '1 週間 {credits}',
    month: '1 か月 {credits}',
  },
  settings: '受け取るメールを選ぶ',
}
