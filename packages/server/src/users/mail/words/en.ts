import type { MailWords } from './mail-words.ts'

export const en: MailWords = {
  code: {
    subject: '{code} is your code for {app}',
    intro: 'Your sign-in code is:',
    where: 'Type it only in the OpenCredits window of {host}. No app and no person will ask you for it.',
    lifetime: 'It is valid for ten minutes.',
    ignore: 'If you did not ask for it, ignore this message: nobody gets in without it.',
  },
  receipt: {
    subject: 'Your credits for {app}',
    intro: 'Thank you for your purchase.',
    guest:
      'These credits are known only to the browser in which you bought them. Add them to your account: then you can use them everywhere, and they are not lost if your browser forgets them.',
    claim: 'Save your credits',
    once: 'The link works once, within 30 days. After that, sign in with this e-mail address and the credits are offered to you.',
    payment: 'Receipt of the payment',
    account: 'Open your account',
  },
  newApp: {
    subject: '{app} can now spend your credits',
    intro: 'You have allowed {app} to spend credits from your balance.',
    unknown: 'Was it not you? Cut the app off in your account.',
    button: 'Manage apps',
  },
  lowBalance: {
    subject: 'Your credits are running low',
    intro: 'Add credits in time and your apps keep working.',
    button: 'Add credits',
  },
  emptyBalance: {
    subject: 'Your credits are used up',
    intro: 'Your apps can make no more AI requests until you add credits.',
    button: 'Add credits',
  },
  keyBudget: {
    subject: '{name} has used {percent} of its limit',
    intro: 'Once the limit is reached, it can spend no more. You can change the limit in your account.',
    button: 'Change the limit',
  },
  newSignIn: {
    subject: 'New sign-in to your account',
    intro: 'Your account was signed in to with a browser that has not been used for it before.',
    unknown: 'If this was you, there is nothing to do. If not, end this session in your account.',
    button: 'Review sessions',
  },
  labels: {
    app: 'App',
    credits: 'Credits',
    paid: 'Paid',
    balance: 'Balance in credits',
    limit: 'Limit in credits',
    used: 'Used so far',
    device: 'Device',
    address: 'IP address',
    time: 'Time',
  },
  limits: {
    none: 'No limit',
    total: '{credits} in total',
    day: '{credits} a day',
    week: '{credits} a week',
    month: '{credits} a month',
  },
  settings: 'Choose which e-mails you get',
}
