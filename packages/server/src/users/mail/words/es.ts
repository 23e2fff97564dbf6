import type { MailWords } from './mail-words.ts'

export const es: MailWords = {
  code: {
    subject: '{code} es tu código para {app}',
    intro: 'Tu código de inicio de sesión es:',
    where: 'Escríbelo solo en la ventana de OpenCredits de {host}. Ninguna aplicación ni persona te lo pedirá.',
    lifetime: 'Es válido durante diez minutos.',
    ignore: 'Si no lo has solicitado, ignora este mensaje: nadie puede entrar sin él.',
  },
  receipt: {
    subject: 'Tus créditos para {app}',
    intro: 'Gracias por tu compra.',
    guest:
      'Estos créditos solo los conoce el navegador en el que los compraste. Añádelos a tu cuenta: así podrás usarlos en todas partes y no se perderán si tu navegador los olvida.',
    claim: 'Guardar tus créditos',
    once: 'El enlace funciona una sola vez, durante 30 días. Después, inicia sesión con esta dirección de correo y te ofreceremos los créditos.',
    payment: 'Recibo del pago',
    account: 'Abrir tu cuenta',
  },
  newApp: {
    subject: '{app} ya puede gastar tus créditos',
    intro: 'Has permitido que {app} gaste créditos de tu saldo.',
    unknown: '¿No has sido tú? Desconecta la aplicación en tu cuenta.',
    button: 'Gestionar aplicaciones',
  },
  lowBalance: {
    subject: 'Te quedan pocos créditos',
    intro: 'Añade créditos a tiempo para que tus aplicaciones sigan funcionando.',
    button: 'Añadir créditos',
  },
  emptyBalance: {
    subject: 'Se han agotado tus créditos',
    intro: 'Tus aplicaciones no podrán hacer más solicitudes de IA hasta que añadas créditos.',
    button: 'Añadir créditos',
  },
  keyBudget: {
    subject: '{name} ha usado el {percent} de su límite',
    intro: 'Cuando alcance el límite, no podrá gastar más. Puedes cambiar el límite en tu cuenta.',
    button: 'Cambiar el límite',
  },
  newSignIn: {
    subject: 'Nuevo inicio de sesión en tu cuenta',
    intro: 'Se ha iniciado sesión en tu cuenta con un navegador que no se había usado antes.',
    unknown: 'Si has sido tú, no tienes que hacer nada. Si no, cierra esta sesión en tu cuenta.',
    button: 'Revisar sesiones',
  },
  labels: {
    app: 'Aplicación',
    credits: 'Créditos',
    paid: 'Pagado',
    balance: 'Saldo en créditos',
    limit: 'Límite en créditos',
    used: 'Usado hasta ahora',
    device: 'Dispositivo',
    address: 'Dirección IP',
    time: 'Fecha y hora',
  },
  limits: {
    none: 'Sin límite',
    total: '{credits} en total',
    day: '{credits} al día',
    week: '{credits} a la semana',
    month: '{credits} al mes',
  },
  settings: 'Elige qué correos quieres recibir',
}
