import type { ApiFailure, AppSettings, AppSettingsChange } from '@opencredits/protocol'
import { useContext, useState } from 'preact/hooks'
import { type Resource, useResource } from '../../shared/api/use-resource.ts'
import { useNotice } from '../../shared/parts/notices.tsx'
import { type Act, useAct } from '../../shared/session/use-act.ts'
import { useWords } from '../messages/words-context.ts'
import { AppContext, useApp } from './app-context.ts'

export interface SettingsDesk {
  readonly resource: Resource<AppSettings>
  readonly act: Act
  readonly canChange: boolean
  /** Sends a change of the settings that are shown; what somebody else changed meanwhile is a conflict. */
  save(change: AppSettingsChange): Promise<boolean>
  /** Shows what the server answered to another change of theirs. */
  take(settings: AppSettings): void
}

/** The settings of the app, and the way to change them. */
export function useSettings(): SettingsDesk {
  const { t } = useWords()
  const { api, can } = useApp()
  const list = useContext(AppContext)
  const say = useNotice()
  const act = useAct()
  const loaded = useResource<AppSettings>(api.path('/v1/partner/app'))
  const [newest, setNewest] = useState<AppSettings | null>(null)
  const data = newest ?? loaded.data
  const take = (settings: AppSettings) => {
    setNewest(settings)
    list?.reload()
  }
  return {
    resource: {
      ...loaded,
      data,
      reload: () => {
        setNewest(null)
        act.forget()
        loaded.reload()
      },
    },
    act,
    canChange: can('app:write'),
    take,
    save: async (change) => {
      const isSaved = await act.run(async () =>
        take(await api.patch<AppSettings>('/v1/partner/app', { ...change, version: data?.version ?? '' })),
      )
      if (isSaved) say(t('saved'))
      return isSaved
    },
  }
}

/** Whether the settings were changed by somebody else since they were read. */
export const isStale = (failure: ApiFailure | null) => failure?.code === 'conflict'
