/** The guided setup: snippets, checks, and what the server sees. */
export const setupEn = {
  setupTitle: 'Get started',
  setupLeadTest: 'From here to a first test purchase in your own page. No money moves, and no model is paid.',
  setupLeadLive: 'What your page needs to sell credits to its users.',

  snippetTitle: 'Put this into your page',
  snippetLead: 'It has your key and your address already. Save it, serve it at {origin}, and open it.',
  snippetServer:
    'On your server you call with the key of the user: your page gets it in onPurchaseCompleted and onLoginCompleted. To try it now, buy in your page and run OpenCredits.getUserKey() in the browser’s console.',
  snippetTabs: 'Language',

  testCardTitle: 'Pay with the test card',
  testCardHint: 'Any date to come, any CVC. Who signs in uses the code {code}, whatever the address.',
  testCard: 'Test card',

  checksTitle: 'Five steps',
  checksDone: '{done} of {all} done',
  checkNow: 'Done: {step}.',
  checkOrigin: 'Origin allowed',
  checkSdk: 'SDK seen',
  checkPurchase: 'First purchase',
  checkCall: 'First paid call',
  checkWebhook: 'Webhook answered',
  checkDoneAt: 'Done {ago}',
  checkOpen: 'Open',
  goThere: 'Go there',

  seenTitle: 'What the server sees',
  seenLead: 'Of your app, in the last seven days. It comes by itself.',
  seenEmpty: 'Nothing yet. ',
  seenEmptyHint: 'Open your page with the snippet: what the server sees of it stands here a moment later.',
  seenTimes: { one: '{count} time', other: '{count} times' },
  seenGood: 'Worked',
  seenInfo: 'Note',
  seenProblem: 'To mend',
  seenMore: 'Show older',
  allowOrigin: 'Allow {origin}',
  originAllowed: '{origin} is allowed now. Reload your page.',

  nextTitle: 'What comes next',
  nextWebhook: 'Webhooks',
  nextWebhookLead: 'Hear of each purchase on your server, as soon as it is paid.',
  nextLive: 'Go live',
  nextLiveLead: 'Your page stays as it is. Change this one key:',
  nextLiveKey: 'Live key',
  nextLiveReady: 'Nothing is missing: with this key your page takes real money.',
  nextLiveMissing: 'Still missing:',
} as const
