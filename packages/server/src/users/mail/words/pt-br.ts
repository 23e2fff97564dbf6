import type { MailWords } from './mail-words.ts'

export const ptBr: MailWords = {
  code: {
    subject: '{code} é seu código para {app}',
    intro: 'Seu código de acesso é:',
    where:
      'Digite-o somente na janela do OpenCredits de {host}. Nenhum aplicativo e nenhuma pessoa vai pedi-lo a você.',
    lifetime: 'Ele é válido por dez minutos.',
    ignore: 'Se você não o solicitou, ignore esta mensagem: ninguém consegue entrar sem ele.',
  },
  receipt: {
    subject: 'Seus créditos para {app}',
    intro: 'Obrigado pela sua compra.',
    guest:
      'Só o navegador em que você comprou conhece estes créditos. Adicione-os à sua conta: assim você pode usá-los em qualquer lugar, e eles não se perdem se o navegador os esquecer.',
    claim: 'Guardar seus créditos',
    once: 'O link funciona uma única vez, por 30 dias. Depois disso, entre com este endereço de e-mail e os créditos serão oferecidos a você.',
    payment: 'Recibo do pagamento',
    account: 'Abrir sua conta',
  },
  newApp: {
    subject: '{app} já pode gastar seus créditos',
    intro: 'Você permitiu que {app} gaste créditos do seu saldo.',
    unknown: 'Não foi você? Desconecte o aplicativo na sua conta.',
    button: 'Gerenciar aplicativos',
  },
  lowBalance: {
    subject: 'Seus créditos estão acabando',
    intro: 'Adicione créditos a tempo para que seus aplicativos continuem funcionando.',
    button: 'Adicionar créditos',
  },
  emptyBalance: {
    subject: 'Seus créditos acabaram',
    intro: 'Seus aplicativos não podem fazer mais solicitações de IA até você adicionar créditos.',
    button: 'Adicionar créditos',
  },
  keyBudget: {
    subject: '{name} usou {percent} do limite',
    intro: 'Quando o limite for atingido, não será possível gastar mais. Você pode alterar o limite na sua conta.',
    button: 'Alterar o limite',
  },
  newSignIn: {
    subject: 'Novo acesso à sua conta',
    intro: 'Sua conta foi acessada com um navegador que ainda não tinha sido usado.',
    unknown: 'Se foi você, não precisa fazer nada. Se não foi, encerre esta sessão na sua conta.',
    button: 'Revisar sessões',
  },
  labels: {
    app: 'Aplicativo',
    credits: 'Créditos',
    paid: 'Pago',
    balance: 'Saldo em créditos',
    limit: 'Limite em créditos',
    used: 'Usado até agora',
    device: 'Dispositivo',
    address: 'Endereço IP',
    time: 'Data e hora',
  },
  limits: {
    none: 'Sem limite',
    total: '{credits} no total',
    day: '{credits} por dia',
    week: '{credits} por semana',
    month: '{credits} por mês',
  },
  settings: 'Escolher quais e-mails receber',
}
