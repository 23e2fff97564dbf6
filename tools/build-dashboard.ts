import { buildIfStale } from './build-if-stale.ts'

/** Builds the account page, the partner console and the home page unless what is built is newer than all that it is made of. */
export function buildDashboardIfStale(): void {
  buildIfStale({
    what: 'the account page and the partner console',
    folder: 'packages/dashboard',
    built: 'packages/dashboard/dist/account/index.html',
    inputs: [
      'packages/dashboard/account',
      'packages/dashboard/partner',
      'packages/dashboard/shared',
      'packages/dashboard/home',
      'packages/dashboard/build.ts',
      'packages/dashboard/package.json',
      'packages/protocol/src',
    ],
  })
}
