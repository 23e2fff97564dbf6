import type { AccountLogEntry, CursorPage } from '@opencredits/protocol'
import { useLocation } from 'preact-iso/router'
import { queryOf } from '../../../shared/api/call-api.ts'
import { useResource } from '../../../shared/api/use-resource.ts'
import { Answer, Empty } from '../../../shared/parts/answer.tsx'
import { Paging } from '../../../shared/parts/paging.tsx'
import { ScrollArea } from '../../../shared/parts/scroll-area.tsx'
import { useWords } from '../../messages/words-context.ts'

const actors = { you: 'actorYou', operator: 'actorOperator', system: 'actorSystem' } as const

/** What was done with this user's money, keys and access, and by whom. */
export function LogSection() {
  const { t, format } = useWords()
  const { query } = useLocation()
  const log = useResource<CursorPage<AccountLogEntry>>(`/v1/account/log${queryOf({ after: query.log, limit: 20 })}`)
  const next = log.data?.has_more === true ? log.data.next : null
  return (
    <section class="card flush" aria-labelledby="log">
      <h2 id="log">{t('log')}</h2>
      <Answer of={log} rows={5}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty icon="info" title={t('logEmpty')} />
          ) : (
            <ScrollArea label={t('log')}>
              <table>
                <caption class="visually-hidden">{t('log')}</caption>
                <thead>
                  <tr>
                    <th scope="col">{t('time')}</th>
                    <th scope="col">{t('what')}</th>
                    <th scope="col" class="wide">
                      {t('who')}
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {data.map((entry) => (
                    <tr key={entry.id}>
                      <th scope="row" class="moment">
                        {format.moment(entry.at, Date.now())}
                      </th>
                      <td>{entry.summary}</td>
                      <td class="wide address">
                        {t(actors[entry.actor])}
                        {entry.address !== null && <small class="block">{entry.address}</small>}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </ScrollArea>
          )
        }
      </Answer>
      <Paging
        isFirst={query.log === undefined}
        first="/account/settings"
        next={next === null ? null : `/account/settings${queryOf({ log: next })}`}
      />
    </section>
  )
}
