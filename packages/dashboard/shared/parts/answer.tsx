import type { ApiFailure } from '@opencredits/protocol'
import type { ComponentChildren } from 'preact'
import type { Resource } from '../api/use-resource.ts'
import { useWords } from '../messages/words-context.ts'
import { explainFailure } from './explain-failure.ts'
import { Icon, type IconName } from './icons.tsx'

/** What the server answered; until then its shape, and where it fails, why and what to do. */
export function Answer<Data>({
  of: resource,
  rows = 4,
  children,
}: {
  readonly of: Resource<Data>
  /** How much room is kept for it. */
  readonly rows?: number
  readonly children: (data: Data) => ComponentChildren
}) {
  const { data, failure } = resource
  if (data === null)
    return failure === null ? <Skeleton rows={rows} /> : <Failure failure={failure} retry={resource.reload} />
  return (
    <>
      {failure !== null && <Failure failure={failure} retry={resource.reload} />}
      {children(data)}
    </>
  )
}

export function Skeleton({ rows }: { readonly rows: number }) {
  const { t } = useWords()
  return (
    <div class="skeleton" role="status">
      <span class="visually-hidden">{t('loading')}</span>
      {Array.from({ length: rows }, (_, index) => (
        <i key={index} />
      ))}
    </div>
  )
}

export function Failure({ failure, retry }: { readonly failure: ApiFailure; readonly retry: () => void }) {
  const { t } = useWords()
  const isOffline = failure.code === 'network_error'
  return (
    <div class="state" role="alert">
      <Icon name="alert" />
      <p>
        <strong>{t(isOffline ? 'offlineTitle' : 'failedTitle')}</strong>
        {explainFailure(failure, t)}
      </p>
      <button type="button" class="button" onClick={retry}>
        {t('tryAgain')}
      </button>
    </div>
  )
}

/** Nothing is there yet, and what would make something be there. */
export function Empty({
  icon,
  title,
  children,
}: {
  readonly icon: IconName
  readonly title: string
  readonly children?: ComponentChildren
}) {
  return (
    <div class="state">
      <Icon name={icon} />
      <p>
        <strong>{title}</strong>
        {children}
      </p>
    </div>
  )
}
