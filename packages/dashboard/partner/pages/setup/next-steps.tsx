import type { PartnerSetup } from '@opencredits/protocol'
import { CopyButton } from '../../../shared/parts/copy-button.tsx'
import { Icon } from '../../../shared/parts/icons.tsx'
import { useApp } from '../../app/app-context.ts'
import { useWords } from '../../messages/words-context.ts'

/** After the first paid call: webhooks, and the one key that makes the same page take real money. */
export function NextSteps({ setup }: { readonly setup: PartnerSetup }) {
  const { t } = useWords()
  const { href, livemode } = useApp()
  const { publishable_key: key, missing } = setup.go_live
  return (
    <section class="card" aria-labelledby="next">
      <h2 id="next">{t('nextTitle')}</h2>
      <ul class="next">
        <li>
          <Icon name="webhooks" />
          <div>
            <h3>
              <a href={href('webhooks')}>{t('nextWebhook')}</a>
            </h3>
            <p class="soft">{t('nextWebhookLead')}</p>
          </div>
        </li>
        {!livemode && (
          <li>
            <Icon name="forward" />
            <div>
              <h3>{t('nextLive')}</h3>
              <p class="soft">{t('nextLiveLead')}</p>
              <p class="secret-line">
                <code>{key}</code>
                <CopyButton text={key} name={t('nextLiveKey')} />
              </p>
              {missing.length === 0 ? <p class="soft">{t('nextLiveReady')}</p> : <Missing missing={missing} />}
            </div>
          </li>
        )}
      </ul>
    </section>
  )
}

function Missing({ missing }: { readonly missing: PartnerSetup['go_live']['missing'] }) {
  const { t } = useWords()
  return (
    <>
      <p>{t('nextLiveMissing')}</p>
      <ul class="missing">
        {missing.map(({ what, message, link }) => (
          <li key={what}>
            {message} {link !== null && <a href={link}>{t('goThere')}</a>}
          </li>
        ))}
      </ul>
    </>
  )
}
