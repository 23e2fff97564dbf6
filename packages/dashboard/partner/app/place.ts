/** Where one is in the console, as the address says it: the app, its world and the page. */
export interface Place {
  readonly appId: string
  readonly livemode: boolean
  /** What follows the world, such as `['keys', 'rk_1']`; none is the overview. */
  readonly segments: readonly string[]
}

/** Reads `/partner/{appId}/…` (live) and `/partner/{appId}/test/…`; null where the address names no app. */
export function readPlace(path: string): Place | null {
  const [root, appId, ...rest] = path.split('/').filter((segment) => segment !== '')
  if (root !== 'partner' || appId === undefined || !appId.startsWith('par_')) return null
  const livemode = rest[0] !== 'test'
  return { appId, livemode, segments: livemode ? rest : rest.slice(1) }
}

/** The address of a page of an app. @param page its path in `pages.ts`, and what belongs behind it */
export function hrefOf({ appId, livemode }: Pick<Place, 'appId' | 'livemode'>, page: string): string {
  return ['/partner', appId, ...(livemode ? [] : ['test']), ...(page === '' ? [] : [page])].join('/')
}
