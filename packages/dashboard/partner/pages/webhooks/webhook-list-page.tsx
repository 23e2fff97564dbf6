import type { ComponentChildren } from 'preact'
import { Icon } from '../../../shared/parts/icons.tsx'
import { Page } from '../../../shared/parts/page.tsx'
import { useApp } from '../../app/app-context.ts'
import { useWords } from '../../messages/words-context.ts'

const tabs = [
  ['webhooks', 'endpointsTab'],
  ['webhooks/deliveries', 'deliveriesTab'],
  ['webhooks/events', 'eventsTab'],
] as const

/** The head that the three lists share, with the way from one to the other. */
export function WebhookListPage({
  tab,
  filters,
  children,
}: {
  readonly tab: (typeof tabs)[number][0]
  readonly filters?: ComponentChildren
  readonly children: ComponentChildren
}) {
  const { t } = useWords()
  const { href } = useApp()
  return (
    <Page
      title={t('webhooksTitle')}
      lead={
        <>
          {t('webhooksLead')}{' '}
          <a href="/docs/webhooks" target="_blank" rel="noreferrer">
            {t('webhooksDocs')}
          </a>
        </>
      }
      actions={
        <a class="button primary" href={href('webhooks/new')}>
          <Icon name="plus" />
          {t('endpointAdd')}
        </a>
      }
    >
      {filters}
      <section class="card flush" aria-label={t('webhooksTitle')}>
        <nav class="tabs" aria-label={t('webhooksTitle')}>
          {tabs.map(([page, label]) => (
            <a key={page} href={href(page)} aria-current={page === tab ? 'page' : undefined}>
              {t(label)}
            </a>
          ))}
        </nav>
        {children}
      </section>
    </Page>
  )
}
