/** What members of each role are called: names of messages. */
export const roleNames = {
  owner: 'roleOwner',
  admin: 'roleAdmin',
  developer: 'roleDeveloper',
  finance: 'roleFinance',
  viewer: 'roleViewer',
} as const
