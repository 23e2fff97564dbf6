import {
  type DecidedTheme,
  type PreviewBranding,
  type PreviewScreen,
  parsePreviewAnswer,
  previewScreens,
  type ShowPreview,
} from '@opencredits/protocol'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useWords } from '../../messages/words-context.ts'

const looks = ['light', 'dark', 'phone'] as const
type Look = (typeof looks)[number]

const screenWords = { amounts: 'screenAmounts', sign_in: 'screenSignIn', success: 'screenSuccess' } as const

/** The real checkout, with branding that need not be saved. */
export function Preview({
  publishableKey,
  branding,
}: {
  readonly publishableKey: string
  readonly branding: PreviewBranding
}) {
  const { t } = useWords()
  const [look, setLook] = useState<Look>('light')
  const [screen, setScreen] = useState<PreviewScreen>('amounts')
  const frame = useRef<HTMLIFrameElement>(null)
  const [readyTimes, setReadyTimes] = useState(0)
  const [heightPx, setHeightPx] = useState(560)
  useEffect(() => {
    const listen = ({ data, origin, source }: MessageEvent) => {
      if (origin !== location.origin || source !== frame.current?.contentWindow) return
      const answer = parsePreviewAnswer(data)
      if (answer?.type === 'ready') setReadyTimes((times) => times + 1)
      if (answer?.type === 'resized') setHeightPx(answer.heightPx)
    }
    addEventListener('message', listen)
    return () => removeEventListener('message', listen)
  }, [])
  const theme: DecidedTheme = look === 'phone' ? systemTheme() : look
  const { appName, logoUrl, accentColor } = branding
  useEffect(() => {
    if (readyTimes === 0) return
    const branded = { appName, logoUrl, accentColor }
    const message: ShowPreview = { opencredits: 'preview', type: 'show', branding: branded, theme, screen }
    frame.current?.contentWindow?.postMessage(message, location.origin)
  }, [readyTimes, theme, screen, appName, logoUrl, accentColor])
  return (
    <section class="preview" aria-label={t('preview')}>
      <div class="preview-head">
        <Options label={t('previewAs')} values={looks} chosen={look} name={(one) => t(one)} onChoose={setLook} />
        <Options
          label={t('previewScreen')}
          values={previewScreens}
          chosen={screen}
          name={(one) => t(screenWords[one])}
          onChoose={setScreen}
        />
      </div>
      <div class={`stage ${look} on-${theme}`}>
        <iframe
          ref={frame}
          title={t('previewFrame')}
          src={`/checkout?preview=1&pk=${encodeURIComponent(publishableKey)}`}
          height={Math.min(900, heightPx)}
          tabIndex={-1}
        />
      </div>
    </section>
  )
}

function systemTheme(): DecidedTheme {
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}

function Options<Value extends string>({
  label,
  values,
  chosen,
  name,
  onChoose,
}: {
  readonly label: string
  readonly values: readonly Value[]
  readonly chosen: Value
  readonly name: (value: Value) => string
  readonly onChoose: (value: Value) => void
}) {
  return (
    <fieldset class="options">
      <legend class="visually-hidden">{label}</legend>
      {values.map((value) => (
        <label key={value}>
          <input
            type="radio"
            class="visually-hidden"
            name={label}
            checked={value === chosen}
            onChange={() => onChoose(value)}
          />
          <span>{name(value)}</span>
        </label>
      ))}
    </fieldset>
  )
}
