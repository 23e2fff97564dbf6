import type { MailWords } from './mail-words.ts'

export const de: MailWords = {
  code: {
    subject: '{code} ist Ihr Code für {app}',
    intro: 'Ihr Anmeldecode lautet:',
    where: 'Geben Sie ihn nur im OpenCredits-Fenster von {host} ein. Keine App und kein Mensch wird Sie danach fragen.',
    lifetime: 'Er ist zehn Minuten gültig.',
    ignore:
      'Falls Sie ihn nicht angefordert haben, ignorieren Sie diese Nachricht. Ohne ihn kann sich niemand anmelden.',
  },
  receipt: {
    subject: 'Ihre Credits für {app}',
    intro: 'Vielen Dank für Ihren Kauf.',
    guest:
      'Diese Credits kennt nur der Browser, in dem Sie sie gekauft haben. Fügen Sie sie Ihrem Konto hinzu: Dann können Sie sie überall nutzen, und sie gehen nicht verloren, wenn Ihr Browser sie vergisst.',
    claim: 'Credits sichern',
    once: 'Der Link funktioniert einmal, innerhalb von 30 Tagen. Danach melden Sie sich mit dieser E-Mail-Adresse an; die Credits werden Ihnen dann angeboten.',
    payment: 'Zahlungsbeleg',
    account: 'Konto öffnen',
  },
  newApp: {
    subject: '{app} kann jetzt Ihre Credits ausgeben',
    intro: 'Sie haben {app} erlaubt, Credits aus Ihrem Guthaben auszugeben.',
    unknown: 'Waren Sie das nicht? Trennen Sie die App in Ihrem Konto.',
    button: 'Apps verwalten',
  },
  lowBalance: {
    subject: 'Ihre Credits gehen zur Neige',
    intro: 'Laden Sie rechtzeitig Credits auf, damit Ihre Apps weiter funktionieren.',
    button: 'Credits aufladen',
  },
  emptyBalance: {
    subject: 'Ihre Credits sind aufgebraucht',
    intro: 'Ihre Apps können keine KI-Anfragen mehr stellen, bis Sie Credits aufladen.',
    button: 'Credits aufladen',
  },
  keyBudget: {
    subject: '{name} hat {percent} des Limits verbraucht',
    intro: 'Ist das Limit erreicht, kann nichts mehr ausgegeben werden. Sie können das Limit in Ihrem Konto ändern.',
    button: 'Limit ändern',
  },
  newSignIn: {
    subject: 'Neue Anmeldung bei Ihrem Konto',
    intro: 'Bei Ihrem Konto wurde mit einem Browser angemeldet, der dafür noch nicht verwendet wurde.',
    unknown: 'Wenn Sie das waren, ist nichts zu tun. Wenn nicht, beenden Sie diese Sitzung in Ihrem Konto.',
    button: 'Sitzungen prüfen',
  },
  labels: {
    app: 'App',
    credits: 'Credits',
    paid: 'Bezahlt',
    balance: 'Guthaben in Credits',
    limit: 'Limit in Credits',
    used: 'Bisher verbraucht',
    device: 'Gerät',
    address: 'IP-Adresse',
    time: 'Zeit',
  },
  limits: {
    none: 'Kein Limit',
    total: '{credits} insgesamt',
    day: '{credits} pro Tag',
    week: '{credits} pro Woche',
    month: '{credits} pro Monat',
  },
  settings: 'E-Mail-Benachrichtigungen einstellen',
}
