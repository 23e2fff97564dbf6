/** The frame of the console: the app and world that one works in, and the way around. */
export const frameEn = {
  consoleTitle: 'Partner console',
  emailHint: 'We send you a code. No password is needed, and a new address opens an account.',
  signInFoot: 'Your apps, what they earn, and how they are set up.',

  appsTitle: 'Your apps',
  appsLead: 'Each app has a live world and a test world of its own.',
  appsEmpty: 'You are not a member of any app yet. ',
  appsEmptyHint: 'Whoever runs this installation, or a member of an app, lets you in.',
  chooseApp: 'App: {app}',
  allApps: 'All apps',
  openApp: 'Open {app}',
  appMissingTitle: 'There is no such app',
  appMissingLead: 'It does not exist, or you are not a member of it. Perhaps you signed in with another address.',
  toApps: 'Go to your apps',

  world: 'World',
  live: 'Live',
  test: 'Test',
  testBanner: 'Test mode.',
  testBannerLead: 'No real money, no real models: nothing here counts among your live figures.',

  statusPending: 'Waiting for approval',
  statusApproved: 'Active',
  statusRejected: 'Not accepted',
  statusSuspended: 'Suspended',
  pendingLead: 'The operator looks at your application. Until then you can look around; nothing can be changed.',
  rejectedLead: 'The operator did not accept this app. Their reason: {reason}',
  suspendedLead: 'The operator has suspended this app: its keys are refused, and nothing can be changed.',
  notAllowed: 'Your role ({role}) does not open this page.',
  notAllowedHint: 'An owner or admin of the app can give you another role.',

  roleOwner: 'Owner',
  roleAdmin: 'Admin',
  roleDeveloper: 'Developer',
  roleFinance: 'Finance',
  roleViewer: 'Viewer',

  groupStart: 'Start',
  groupFigures: 'Figures',
  groupDevelopers: 'Developers',
  groupApp: 'App',
} as const
