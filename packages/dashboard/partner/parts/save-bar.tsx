import { Button } from '../../shared/parts/button.tsx'
import { useApp } from '../app/app-context.ts'
import { isStale, type SettingsDesk } from '../app/use-settings.ts'
import { useWords } from '../messages/words-context.ts'
import { explainRefusal } from './explain-refusal.ts'
import { roleNames } from './role-names.ts'

/** Below what can be changed: the way to save it, and why it was not saved. */
export function SaveBar({
  desk,
  isChanged,
  onDiscard,
}: {
  readonly desk: SettingsDesk
  readonly isChanged: boolean
  readonly onDiscard: () => void
}) {
  const { t } = useWords()
  const { role } = useApp()
  const { act, canChange, resource } = desk
  if (!canChange) return <p class="hint">{t('readOnly', { role: t(roleNames[role]) })}</p>
  return (
    <div class={isChanged ? 'save-bar changed' : 'save-bar'}>
      <p class={act.failure === null ? 'hint' : 'problem'} role="status">
        {act.failure !== null ? (
          <>
            {isStale(act.failure) && <strong>{t('staleTitle')}</strong>}
            {explainRefusal(act.failure, t)}
          </>
        ) : (
          isChanged && t('notSaved')
        )}
      </p>
      <div class="buttons">
        {isStale(act.failure) ? (
          <Button onPress={resource.reload}>{t('staleReload')}</Button>
        ) : (
          isChanged && <Button onPress={onDiscard}>{t('discard')}</Button>
        )}
        <Button kind="primary" isSubmit isBusy={act.isBusy}>
          {t('saveChanges')}
        </Button>
      </div>
    </div>
  )
}
