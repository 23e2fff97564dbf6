import type { PartnerLogEntry, PartnerLogResponse } from '@opencredits/protocol'
import { useLocation } from 'preact-iso/router'
import { queryOf } from '../../shared/api/call-api.ts'
import { useResource } from '../../shared/api/use-resource.ts'
import { Answer, Empty } from '../../shared/parts/answer.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { ScrollArea } from '../../shared/parts/scroll-area.tsx'
import { useApp } from '../app/app-context.ts'
import { type Translate, useWords } from '../messages/words-context.ts'

/** What was done to the app, newest first. */
export function LogPage() {
  const { t, format } = useWords()
  const { api, href } = useApp()
  const { query } = useLocation()
  const log = useResource<PartnerLogResponse>(api.path('/v1/partner/audit_log', { after: query.after, limit: 50 }))
  const next = log.data?.has_more === true ? log.data.next : null
  const isFirst = query.after === undefined
  return (
    <Page title={t('logTitle')} lead={t('logLead')}>
      <section class="card flush" aria-label={t('logTitle')}>
        <Answer of={log} rows={8}>
          {({ data }) =>
            data.length === 0 ? (
              <Empty icon="info" title={t('logEmpty')} />
            ) : (
              <ScrollArea label={t('logTitle')}>
                <table>
                  <caption class="visually-hidden">{t('logTitle')}</caption>
                  <thead>
                    <tr>
                      <th scope="col">{t('time')}</th>
                      <th scope="col">{t('what')}</th>
                      <th scope="col">{t('who')}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {data.map((entry) => (
                      <tr key={entry.id}>
                        <th scope="row" class="moment">
                          {format.moment(entry.at, Date.now())}
                        </th>
                        <td>
                          {entry.summary} {!entry.livemode && <span class="tag busy">{t('test')}</span>}
                          {entry.reason !== null && <small class="block">“{entry.reason}”</small>}
                        </td>
                        <td class="address">{nameOf(entry.actor, t)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </ScrollArea>
            )
          }
        </Answer>
        {(!isFirst || next !== null) && (
          <nav class="paging" aria-label={t('paging')}>
            {!isFirst && (
              <a class="button small" href={href('log')}>
                {t('firstPage')}
              </a>
            )}
            {next !== null && (
              <a class="button small" href={`${href('log')}${queryOf({ after: next })}`}>
                {t('nextPage')}
              </a>
            )}
          </nav>
        )}
      </section>
    </Page>
  )
}

function nameOf({ kind, name }: PartnerLogEntry['actor'], t: Translate): string {
  switch (kind) {
    case 'member':
      return name ?? t('actorFormer')
    case 'former_member':
      return t('actorFormer')
    case 'key':
      return t('actorKey', { name: name ?? 'oc_rk_…' })
    case 'operator':
      return t('actorOperator')
    case 'system':
      return t('actorSystem')
  }
}
