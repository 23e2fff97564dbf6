/** Overview and settings. */
export const appEn = {
  overviewTitle: 'Overview',
  settingsTitle: 'Settings',
  settingsLead: 'They hold in the live and in the test world.',
} as const
