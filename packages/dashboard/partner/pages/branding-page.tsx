import type { AppSettings } from '@opencredits/protocol'
import { useState } from 'preact/hooks'
import { Answer } from '../../shared/parts/answer.tsx'
import { Field } from '../../shared/parts/field.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { type SettingsDesk, useSettings } from '../app/use-settings.ts'
import { useWords } from '../messages/words-context.ts'
import { SaveBar } from '../parts/save-bar.tsx'
import { ColorField, isColor } from './branding/color-field.tsx'
import { LogoField } from './branding/logo-field.tsx'
import { Preview } from './branding/preview.tsx'
import { isHttpsOrEmpty } from './settings/settings-fields.ts'

export function BrandingPage() {
  const { t } = useWords()
  const desk = useSettings()
  return (
    <Page title={t('brandingTitle')} lead={t('brandingLead')}>
      <Answer of={desk.resource} rows={10}>
        {(settings) => <BrandingForm desk={desk} settings={settings} />}
      </Answer>
    </Page>
  )
}

/** The colour is #rrggbb, empty for the checkout's own; the logo is an address, empty for none. */
function BrandingForm({ desk, settings }: { readonly desk: SettingsDesk; readonly settings: AppSettings }) {
  const { t } = useWords()
  // A logo that is uploaded changes the settings meanwhile: what is typed outlives that.
  const [typed, setTyped] = useState<{ readonly color?: string; readonly logoUrl?: string }>({})
  const { color = settings.accent_color ?? '', logoUrl = settings.logo_url ?? '' } = typed
  const isLogoGood = isHttpsOrEmpty(logoUrl) || logoUrl === settings.logo_url
  const accentColor = isColor(color) ? color.toLowerCase() : null
  const isChanged = color !== (settings.accent_color ?? '') || logoUrl !== (settings.logo_url ?? '')
  const save = async () => {
    if ((color !== '' && accentColor === null) || !isLogoGood) return
    const logo = logoUrl.trim() === '' ? null : logoUrl.trim()
    const change = { accent_color: accentColor, ...(logo === settings.logo_url ? {} : { logo_url: logo }) }
    if (await desk.save(change)) setTyped({})
  }
  return (
    <form
      class="branding"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <div class="settings">
        <section class="card" aria-labelledby="color">
          <h2 id="color">{t('accentColor')}</h2>
          <ColorField
            value={color}
            canChange={desk.canChange}
            onChange={(next) => setTyped({ ...typed, color: next })}
          />
        </section>
        <section class="card" aria-labelledby="logo">
          <h2 id="logo">{t('logo')}</h2>
          <LogoField
            desk={desk}
            settings={settings}
            url={logoUrl}
            onChanged={() => setTyped(typed.color === undefined ? {} : { color: typed.color })}
          />
          <Field
            label={t('logoUrl')}
            hint={t('logoUrlHint')}
            type="url"
            readOnly={!desk.canChange}
            value={logoUrl}
            problem={isLogoGood ? null : t('logoUrlInvalid')}
            onInput={(event) => setTyped({ ...typed, logoUrl: event.currentTarget.value })}
          />
        </section>
        <SaveBar desk={desk} isChanged={isChanged} onDiscard={() => setTyped({})} />
      </div>
      <Preview
        publishableKey={settings.publishable_key}
        branding={{
          appName: settings.name,
          logoUrl: isLogoGood && logoUrl.trim() !== '' ? logoUrl.trim() : null,
          accentColor,
        }}
      />
    </form>
  )
}
