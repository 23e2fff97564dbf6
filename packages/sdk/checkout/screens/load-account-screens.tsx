import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Controller } from '../controller.ts'
import type { Screen as ScreenState } from '../screen-state.ts'
import type { SavingState } from './save-by-code.tsx'
import { Screen } from './screen.tsx'

type AccountScreens = typeof import('./account-screens.ts')
const loaded = signal<AccountScreens | null>(null)

/** @throws (rejects) where they cannot be fetched; the next call tries again */
export async function loadAccountScreens(): Promise<AccountScreens> {
  loaded.value ??= await import('./account-screens.ts')
  return loaded.value
}

type AccountState = Extract<ScreenState, { name: 'email' | 'code' | 'consent' | 'claim' | 'limit' }> | SavingState

export function AccountScreen({ controller, screen }: { controller: Controller; screen: AccountState }) {
  useEffect(() => {
    loadAccountScreens().catch(() =>
      controller.dispatch({ type: 'failed', message: controller.words.value('network') }),
    )
  }, [])
  const screens = loaded.value
  if (screens === null)
    return (
      <Screen isCentred>
        <span class="orbit" aria-hidden="true" />
      </Screen>
    )
  switch (screen.name) {
    case 'email':
      return <screens.EmailScreen controller={controller} screen={screen} />
    case 'code':
      return <screens.CodeScreen controller={controller} screen={screen} />
    case 'consent':
      return <screens.ConsentScreen key={screen.consentId} controller={controller} screen={screen} />
    case 'claim':
      return <screens.ClaimScreen key={screen.purchase.purchase_id} controller={controller} screen={screen} />
    case 'limit':
      return <screens.LimitScreen controller={controller} screen={screen} />
    case 'success':
      return <screens.SaveByCode controller={controller} screen={screen} />
  }
}
