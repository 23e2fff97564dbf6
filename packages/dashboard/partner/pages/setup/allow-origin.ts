import type { PartnerApi } from '../../app/partner-api.ts'

interface AppOrigins {
  readonly origins: readonly string[]
  /** A change that was made meanwhile is not overwritten: the server refuses. */
  readonly version: string
}

/** Adds one origin to those that the app has. */
export async function allowOrigin(api: PartnerApi, origin: string): Promise<void> {
  const { origins, version } = await api.get<AppOrigins>('/v1/partner/app')
  if (!origins.includes(origin)) await api.patch('/v1/partner/app', { origins: [...origins, origin], version })
}
