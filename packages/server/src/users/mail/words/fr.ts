import type { MailWords } from './mail-words.ts'

export const fr: MailWords = {
  code: {
    subject: '{code} est votre code pour {app}',
    intro: 'Votre code de connexion\u00a0:',
    where:
      'Saisissez-le uniquement dans la fenêtre OpenCredits de {host}. Aucune application ni personne ne vous le demandera.',
    lifetime: 'Il est valable dix minutes.',
    ignore: 'Si vous ne l’avez pas demandé, ignorez ce message\u00a0: personne ne peut se connecter sans ce code.',
  },
  receipt: {
    subject: 'Vos crédits pour {app}',
    intro: 'Merci pour votre achat.',
    guest:
      'Seul le navigateur dans lequel vous les avez achetés connaît ces crédits. Ajoutez-les à votre compte\u00a0: vous pourrez les utiliser partout, et ils ne seront pas perdus si votre navigateur les oublie.',
    claim: 'Conserver vos crédits',
    once: 'Le lien fonctionne une seule fois, pendant 30 jours. Ensuite, connectez-vous avec cette adresse e-mail et les crédits vous seront proposés.',
    payment: 'Reçu du paiement',
    account: 'Ouvrir votre compte',
  },
  newApp: {
    subject: '{app} peut maintenant dépenser vos crédits',
    intro: 'Vous avez autorisé {app} à dépenser des crédits de votre solde.',
    unknown: 'Ce n’était pas vous\u00a0? Déconnectez l’application dans votre compte.',
    button: 'Gérer les applications',
  },
  lowBalance: {
    subject: 'Il vous reste peu de crédits',
    intro: 'Ajoutez des crédits à temps pour que vos applications continuent de fonctionner.',
    button: 'Ajouter des crédits',
  },
  emptyBalance: {
    subject: 'Vos crédits sont épuisés',
    intro: 'Vos applications ne peuvent plus envoyer de requêtes d’IA tant que vous n’ajoutez pas de crédits.',
    button: 'Ajouter des crédits',
  },
  keyBudget: {
    subject: '{name} a utilisé {percent} de sa limite',
    intro:
      'Une fois la limite atteinte, plus rien ne peut être dépensé. Vous pouvez modifier la limite dans votre compte.',
    button: 'Modifier la limite',
  },
  newSignIn: {
    subject: 'Nouvelle connexion à votre compte',
    intro: 'Une connexion à votre compte a eu lieu depuis un navigateur qui n’avait pas encore été utilisé.',
    unknown: 'Si c’était vous, il n’y a rien à faire. Sinon, fermez cette session dans votre compte.',
    button: 'Vérifier les sessions',
  },
  labels: {
    app: 'Application',
    credits: 'Crédits',
    paid: 'Payé',
    balance: 'Solde en crédits',
    limit: 'Limite en crédits',
    used: 'Utilisé à ce jour',
    device: 'Appareil',
    address: 'Adresse IP',
    time: 'Date et heure',
  },
  limits: {
    none: 'Aucune limite',
    total: '{credits} au total',
    day: '{credits} par jour',
    week: '{credits} par semaine',
    month: '{credits} par mois',
  },
  settings: 'Choisir les e-mails que vous recevez',
}
