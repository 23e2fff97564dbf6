import { callApi, queryOf } from '../../shared/api/call-api.ts'

type Query = Readonly<Record<string, string | number | null | undefined>>

export interface PartnerApi {
  /** A path for `useResource`, with the app, its world and the query: `/v1/partner/app?app=par_…&livemode=true`. */
  path(path: string, query?: Query): string
  get<Answer>(path: string, query?: Query): Promise<Answer>
  post<Answer>(path: string, body?: object): Promise<Answer>
  put<Answer>(path: string, body: object): Promise<Answer>
  patch<Answer>(path: string, body: object): Promise<Answer>
  delete<Answer>(path: string): Promise<Answer>
  /** Where the browser downloads a list as CSV: `earnings` becomes `/v1/partner/earnings.csv?…`. */
  csvHref(path: string, query?: Query): string
}

/** Calls `/v1/partner/…` for one world of one app, with the session cookie. Failures are `ApiFailure`. */
export function createPartnerApi(appId: string, livemode: boolean): PartnerApi {
  const withApp = (path: string, query: Query = {}) =>
    path + queryOf({ app: appId, livemode: String(livemode), ...query })
  return {
    path: withApp,
    get: (path, query) => callApi(withApp(path, query)),
    post: (path, body = {}) => callApi(withApp(path), { method: 'POST', body }),
    put: (path, body) => callApi(withApp(path), { method: 'PUT', body }),
    patch: (path, body) => callApi(withApp(path), { method: 'PATCH', body }),
    delete: (path) => callApi(withApp(path), { method: 'DELETE' }),
    csvHref: (path, query) => withApp(`${path}.csv`, query),
  }
}
