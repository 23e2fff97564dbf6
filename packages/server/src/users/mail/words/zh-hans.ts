import type { MailWords } from './mail-words.ts'

export const zhHans: MailWords = {
  code: {
    subject: '{code} 是您的 {app} 验证码',
    intro: '您的登录验证码是：',
    where: '请仅在 {host} 的 OpenCredits 窗口中输入。任何应用或个人都不会向您索要验证码。',
    lifetime: '十分钟内有效。',
    ignore: '如果不是您本人请求的，请忽略此邮件。没有验证码，任何人都无法登录。',
  },
  receipt: {
    subject: '您购买的 {app} 积分',
    intro: '感谢您的购买。',
    guest:
      '只有您购买时使用的浏览器能使用这些积分。将它们添加到您的账户后，您可以在任何地方使用，浏览器数据被清除时也不会丢失。',
    claim: '保存积分',
    once: '该链接在 30 天内可使用一次。之后，请使用此邮箱登录，我们会提示您添加这些积分。',
    payment: '付款收据',
    account: '打开账户',
  },
  newApp: {
    subject: '{app} 现在可以使用您的积分',
    intro: '您已允许 {app} 使用您余额中的积分。',
    unknown: '不是您本人操作？请在账户中断开该应用。',
    button: '管理应用',
  },
  lowBalance: {
    subject: '您的积分即将用完',
    intro: '请及时充值积分，以便您的应用继续运行。',
    button: '充值积分',
  },
  emptyBalance: {
    subject: '您的积分已用完',
    intro: '充值积分之前，您的应用无法再发送 AI 请求。',
    button: '充值积分',
  },
  keyBudget: {
    subject: '{name} 已使用限额的 {percent}',
    intro: '达到限额后将无法继续使用。您可以在账户中更改限额。',
    button: '更改限额',
  },
  newSignIn: {
    subject: '您的账户有新的登录',
    intro: '有人使用从未用过的浏览器登录了您的账户。',
    unknown: '如果是您本人，则无需任何操作。如果不是，请在账户中结束该会话。',
    button: '查看会话',
  },
  labels: {
    app: '应用',
    credits: '积分',
    paid: '已付款',
    balance: '积分余额',
    limit: '积分限额',
    used: '目前已用',
    device: '设备',
    address: 'IP 地址',
    time: '时间',
  },
  limits: {
    none: '无限额',
    total: '共 {credits}',
    day: '每天 {credits}',
    week: '每周 {credits}',
    month: '每月 {credits}',
  },
  settings: '选择您想收到的邮件',
}
