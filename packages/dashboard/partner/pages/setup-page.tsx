import type { PartnerSetup } from '@opencredits/protocol'
import { useResource } from '../../shared/api/use-resource.ts'
import { Answer } from '../../shared/parts/answer.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { useApp } from '../app/app-context.ts'
import { useWords } from '../messages/words-context.ts'
import { CheckList } from './setup/check-list.tsx'
import { NextSteps } from './setup/next-steps.tsx'
import { SeenLog } from './setup/seen-log.tsx'
import { SnippetCard } from './setup/snippet-card.tsx'
import { usePolling } from './setup/use-polling.ts'

/** How often the page asks while a step is open and somebody looks. */
const everyMs = 3_000

/** From a new app to its first paid call: what to paste, what is done, and what the server sees meanwhile. */
export function SetupPage() {
  const { t } = useWords()
  const { api, livemode } = useApp()
  const setup = useResource<PartnerSetup>(api.path('/v1/partner/setup'))
  const isOpen = setup.data?.checks.some(({ done_at }) => done_at === null) ?? false
  const round = usePolling(isOpen, everyMs, setup.reload)
  return (
    <Page title={t('setupTitle')} lead={t(livemode ? 'setupLeadLive' : 'setupLeadTest')}>
      <Answer of={setup} rows={8}>
        {(data) => (
          <>
            <div class="guide">
              <SnippetCard values={data.snippet} testPayment={data.test_payment} />
              <CheckList checks={data.checks} />
            </div>
            <SeenLog round={round} onChanged={setup.reload} />
            <NextSteps setup={data} />
          </>
        )}
      </Answer>
    </Page>
  )
}
