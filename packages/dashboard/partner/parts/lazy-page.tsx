import { ApiFailure } from '@opencredits/protocol'
import type { FunctionComponent } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Failure, Skeleton } from '../../shared/parts/answer.tsx'

/** Loads the script of a page when it is opened. Give it a key: another page is another one of these. */
export function LazyPage<Props extends object>({
  load,
  props,
}: {
  readonly load: () => Promise<FunctionComponent<Props>>
  readonly props: Props
}) {
  const [loaded, setLoaded] = useState<{ readonly Component: FunctionComponent<Props> } | null>(null)
  const [hasFailed, setFailed] = useState(false)
  useEffect(() => {
    let isHere = true
    load().then(
      (Component) => isHere && setLoaded({ Component }),
      () => isHere && setFailed(true),
    )
    return () => {
      isHere = false
    }
  }, [load])
  // A browser does not ask twice for a script that failed, and after an update it has another name: the page is new then.
  if (hasFailed)
    return (
      <div class="card">
        <Failure failure={new ApiFailure('network_error', { status: 0 })} retry={() => location.reload()} />
      </div>
    )
  if (loaded === null) return <Skeleton rows={6} />
  const { Component } = loaded
  return <Component {...props} />
}
