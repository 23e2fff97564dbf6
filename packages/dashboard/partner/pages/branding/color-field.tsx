import { brandUse, palette } from '@opencredits/protocol'
import { useId } from 'preact/hooks'
import { useWords } from '../../messages/words-context.ts'

export const isColor = (text: string) => /^#[0-9a-f]{6}$/i.test(text.trim())

/** Below this, the eye hardly tells a surface from the page. */
const faintContrast = 1.5

/** A colour to pick or to type, with how readable the checkout is with it. */
export function ColorField({
  value,
  canChange,
  onChange,
}: {
  /** `#rrggbb`; empty: the checkout's own. */
  readonly value: string
  readonly canChange: boolean
  readonly onChange: (color: string) => void
}) {
  const { t } = useWords()
  const id = useId()
  const typed = value.trim()
  const isWrong = typed !== '' && !isColor(typed)
  return (
    <div class="field">
      <label for={id}>{t('accentColor')}</label>
      <div class="color-line">
        <input
          type="color"
          aria-label={t('colorPick')}
          disabled={!canChange}
          value={isColor(typed) ? typed.toLowerCase() : palette.light.accent}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
        <input
          id={id}
          value={value}
          readOnly={!canChange}
          placeholder={palette.light.accent}
          spellcheck={false}
          autoComplete="off"
          aria-invalid={isWrong}
          aria-describedby={`${id}-problem ${id}-contrast`}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
        {typed !== '' && canChange && (
          <button type="button" class="link" onClick={() => onChange('')}>
            {t('accentUsual')}
          </button>
        )}
      </div>
      <p id={`${id}-problem`} class="problem" role="alert">
        {isWrong && t('accentInvalid')}
      </p>
      <div id={`${id}-contrast`}>{!isWrong && <Contrast color={typed === '' ? null : typed} />}</div>
    </div>
  )
}

function Contrast({ color }: { readonly color: string | null }) {
  const { t } = useWords()
  const ratio = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1, roundingMode: 'floor' })
  return (
    <ul class="contrast">
      {(['light', 'dark'] as const).map((theme) => {
        const { textContrast, paperContrast } = brandUse(theme, color)
        return (
          <li key={theme} class="hint">
            {t('contrastLine', {
              theme: t(theme),
              text: ratio.format(textContrast),
              paper: ratio.format(paperContrast),
            })}
            {paperContrast < faintContrast && <span class="block">{t('contrastFaint')}</span>}
          </li>
        )
      })}
      <li class="hint">{t('contrastGood')}</li>
    </ul>
  )
}
