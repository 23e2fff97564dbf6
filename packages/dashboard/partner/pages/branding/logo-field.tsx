import { type AppSettings, logoBytesMax } from '@opencredits/protocol'
import { useId, useState } from 'preact/hooks'
import { AppLogo } from '../../../shared/parts/app-logo.tsx'
import { Button } from '../../../shared/parts/button.tsx'
import { useNotice } from '../../../shared/parts/notices.tsx'
import { useAct } from '../../../shared/session/use-act.ts'
import { useApp } from '../../app/app-context.ts'
import type { SettingsDesk } from '../../app/use-settings.ts'
import { useWords } from '../../messages/words-context.ts'
import { explainRefusal } from '../../parts/explain-refusal.ts'

/** A picture that is uploaded is the logo at once; the server makes a new one of its pixels. */
export function LogoField({
  desk,
  settings,
  url,
  onChanged,
}: {
  readonly desk: SettingsDesk
  readonly settings: AppSettings
  readonly url: string
  readonly onChanged: () => void
}) {
  const { t } = useWords()
  const { api } = useApp()
  const id = useId()
  const say = useNotice()
  const act = useAct()
  const [problem, setProblem] = useState<string | null>(null)
  const took = (changed: AppSettings) => {
    desk.take(changed)
    onChanged()
  }
  const upload = async (file: File | undefined) => {
    if (file === undefined) return
    act.forget()
    if (file.size > logoBytesMax) return setProblem(t('logoTooLarge'))
    setProblem(null)
    const image = base64Of(new Uint8Array(await file.arrayBuffer()))
    const isDone = await act.run(async () => took(await api.put<AppSettings>('/v1/partner/app/logo', { image })))
    if (isDone) say(t('logoSaved'))
  }
  const remove = async () => {
    const isDone = await act.run(async () => took(await api.delete<AppSettings>('/v1/partner/app/logo')))
    if (isDone) say(t('logoRemoved'))
  }
  const told = problem ?? (act.failure === null ? null : explainRefusal(act.failure, t))
  return (
    <div class="logo-line">
      <AppLogo key={url} name={settings.name} url={url === '' ? null : url} />
      <div>
        {desk.canChange && (
          <div class="logo-buttons">
            <label class="button" aria-busy={act.isBusy}>
              <input
                type="file"
                class="visually-hidden"
                accept="image/png,image/jpeg,image/webp,image/gif"
                aria-describedby={`${id}-hint ${id}-problem`}
                disabled={act.isBusy}
                onChange={(event) => {
                  void upload(event.currentTarget.files?.[0])
                  event.currentTarget.value = ''
                }}
              />
              {t('logoUpload')}
            </label>
            {settings.logo_url !== null && <Button onPress={() => void remove()}>{t('logoRemove')}</Button>}
          </div>
        )}
        <p id={`${id}-hint`} class="hint">
          {t('logoHint')}
        </p>
        <p id={`${id}-problem`} class="problem" role="alert">
          {told}
        </p>
      </div>
    </div>
  )
}

/** In parts: a call takes only so many arguments. */
function base64Of(bytes: Uint8Array): string {
  const partBytes = 0x8000
  let text = ''
  for (let start = 0; start < bytes.length; start += partBytes)
    text += String.fromCharCode(...bytes.subarray(start, start + partBytes))
  return btoa(text)
}
