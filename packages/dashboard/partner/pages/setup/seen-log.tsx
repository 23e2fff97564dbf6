import type { PartnerSetupEntry } from '@opencredits/protocol'
import { useEffect, useState } from 'preact/hooks'
import { useResource } from '../../../shared/api/use-resource.ts'
import { Answer, Empty } from '../../../shared/parts/answer.tsx'
import { Button } from '../../../shared/parts/button.tsx'
import { explainFailure } from '../../../shared/parts/explain-failure.ts'
import { Icon } from '../../../shared/parts/icons.tsx'
import { useNotice } from '../../../shared/parts/notices.tsx'
import { useAct } from '../../../shared/session/use-act.ts'
import { useApp } from '../../app/app-context.ts'
import { useWords } from '../../messages/words-context.ts'
import { allowOrigin } from './allow-origin.ts'

interface SeenPage {
  readonly data: readonly PartnerSetupEntry[]
  readonly has_more: boolean
}

const icons = { good: 'check', info: 'info', problem: 'alert' } as const
const levels = { good: 'seenGood', info: 'seenInfo', problem: 'seenProblem' } as const
/** As many as a page has at most; the list is bounded by the server. */
const limitMax = 200

/** What the server saw of the app, newest first. It is read anew with each round. */
export function SeenLog({ round, onChanged }: { readonly round: number; readonly onChanged: () => void }) {
  const { t } = useWords()
  const { api } = useApp()
  const [limit, setLimit] = useState(20)
  const seen = useResource<SeenPage>(api.path('/v1/partner/setup/log', { limit }))
  const { reload } = seen
  // What is here already stays without a word of its own: the page above says that it cannot be read anew.
  const shown = seen.data === null ? seen : { ...seen, failure: null }
  useEffect(() => {
    if (round > 0) reload()
  }, [round, reload])
  const changed = () => {
    reload()
    onChanged()
  }
  return (
    <section class="card" aria-labelledby="seen">
      <div>
        <h2 id="seen">{t('seenTitle')}</h2>
        <p class="soft">{t('seenLead')}</p>
      </div>
      <Answer of={shown} rows={3}>
        {({ data, has_more: hasMore }) => (
          <>
            {data.length === 0 && (
              <Empty icon="requests" title={t('seenEmpty')}>
                {t('seenEmptyHint')}
              </Empty>
            )}
            <ol class="seen">
              {data.map((entry) => (
                <SeenLine key={entry.id} entry={entry} onChanged={changed} />
              ))}
            </ol>
            {hasMore && (
              <button type="button" class="link" onClick={() => setLimit(limitMax)}>
                {t('seenMore')}
              </button>
            )}
          </>
        )}
      </Answer>
    </section>
  )
}

function SeenLine({ entry, onChanged }: { readonly entry: PartnerSetupEntry; readonly onChanged: () => void }) {
  const { t, format } = useWords()
  const { level, message, advice, times, last_at: lastAt } = entry
  return (
    <li class={level}>
      <Icon name={icons[level]} />
      <div>
        <p>
          <span class="visually-hidden">{t(levels[level])}: </span>
          {message}
        </p>
        {advice !== null && <p class="soft">{advice}</p>}
        {entry.allow_origin !== null && <AllowButton origin={entry.allow_origin} onChanged={onChanged} />}
      </div>
      <p class="seen-when">
        {times > 1 && <span class="tag">{t('seenTimes', { count: times })}</span>}{' '}
        <time dateTime={new Date(lastAt * 1000).toISOString()} title={format.dateTime(lastAt)}>
          {format.ago(lastAt, Date.now())}
        </time>
      </p>
    </li>
  )
}

/** For members who may change the app; the others read what to ask for. */
function AllowButton({ origin, onChanged }: { readonly origin: string; readonly onChanged: () => void }) {
  const { t } = useWords()
  const { api, can } = useApp()
  const act = useAct()
  const notice = useNotice()
  if (!can('app:write')) return null
  const allow = async () => {
    if (!(await act.run(() => allowOrigin(api, origin)))) return
    notice(t('originAllowed', { origin }))
    onChanged()
  }
  return (
    <div>
      <Button kind="primary" isBusy={act.isBusy} onPress={() => void allow()}>
        {t('allowOrigin', { origin })}
      </Button>
      {act.failure !== null && (
        <p class="problem" role="alert">
          {explainFailure(act.failure, t)}
        </p>
      )}
    </div>
  )
}
