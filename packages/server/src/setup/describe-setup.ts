import type { PartnerGoLive, PartnerSetup, PartnerSetupStep, PartnerSnippetValues } from '@opencredits/protocol'
import { secondsOf } from '../lists/formats.ts'
import { isLocalhostPage } from '../partners/allowed-origin.ts'
import { whyInactive } from '../partners/app-state.ts'
import type { Partner } from '../partners/partner.ts'
import { type DoneSteps, hasUsableOrigin, type SetupWorld } from './read-checks.ts'
import type { SetupDeps } from './setup-deps.ts'

export interface SetupView {
  readonly world: SetupWorld
  /** The same app where money is real; the world itself, where that is it. */
  readonly live: Partner
  readonly done: DoneSteps
}

type ConsoleDeps = Pick<SetupDeps, 'publicUrl' | 'catalogue' | 'isOnOffer' | 'isSandbox' | 'payments'>

/** How far an app has come, with what is missing and where it is done. */
export function describeSetup(deps: ConsoleDeps, view: SetupView): PartnerSetup {
  const { world, live, done } = view
  return {
    app: live.id,
    livemode: world.livemode,
    checks: steps.map((step) => ({
      step,
      done_at: secondsOf(done[step]),
      ...(done[step] === null ? whatIsMissing(deps, step, view) : { missing: null, link: null }),
    })),
    snippet: describeSnippet(deps, world.partner),
    test_payment: world.livemode ? null : testPaymentOf(deps),
    go_live: describeGoLive(deps, live),
  }
}

const steps = ['origin', 'sdk', 'purchase', 'call', 'webhook'] as const satisfies readonly PartnerSetupStep[]

function whatIsMissing(deps: ConsoleDeps, step: PartnerSetupStep, { world, live }: SetupView) {
  const pageOf = (page: string) => linkOf(deps, { appId: live.id, livemode: world.livemode }, page)
  switch (step) {
    case 'origin':
      return {
        missing: world.livemode
          ? 'Add the origin of your site, such as https://app.example: its pages may then open the checkout.'
          : 'Add the origin of your page, or allow all pages on your own machine.',
        link: pageOf('origins'),
      }
    case 'sdk':
      return { missing: 'Open your page with the snippet. This turns green when it loads the SDK.', link: null }
    case 'purchase':
      return {
        missing: world.livemode
          ? 'Buy credits in your page, or wait for your first user to.'
          : waysToPay[testPaymentOf(deps)],
        link: null,
      }
    case 'call':
      return { missing: 'Make a call from your page, or from your server with the user’s key.', link: null }
    case 'webhook':
      return {
        missing: 'Add an endpoint for webhooks that answers with a status of 200 to 299. You can do without one.',
        link: pageOf('webhooks'),
      }
  }
}

function testPaymentOf({ payments }: ConsoleDeps): 'built_in' | 'stripe' {
  return payments.test.form === null ? 'built_in' : 'stripe'
}

const waysToPay = {
  built_in: 'Buy credits in your page. No card is asked for: you choose what happens to the payment.',
  stripe: 'Buy credits in your page with the test card 4242 4242 4242 4242.',
} as const

function describeSnippet({ publicUrl, catalogue, isOnOffer }: ConsoleDeps, partner: Partner): PartnerSnippetValues {
  const isAllowed = (id: string) =>
    partner.allowedModels === null || partner.allowedModels.some((name) => catalogue.find(name)?.id === id)
  const offered = catalogue.models.filter(
    (model) => model.kind === 'language' && isOnOffer(model) && isAllowed(model.id),
  )
  const preferred = [partner.defaultModel ?? usualModel, usualModel].flatMap((name) => catalogue.find(name)?.id ?? [])
  const model = preferred.find((id) => offered.some((one) => one.id === id)) ?? offered[0]?.id ?? usualModel
  return {
    publishable_key: partner.publishableKey,
    base_url: publicUrl,
    origin: originOf(partner),
    model,
  }
}

/** Where one would open the page: in the test world on the own machine, which is always allowed there. */
function originOf({ livemode, origins }: Partner): string {
  const isWanted = (origin: string) => isLocalhostPage(origin) !== livemode
  return origins.find(isWanted) ?? (livemode ? origins[0] : undefined) ?? 'http://localhost:3000'
}

const usualModel = 'openai/gpt-4o'

function describeGoLive(deps: ConsoleDeps, live: Partner): PartnerGoLive {
  const missing: PartnerGoLive['missing'][number][] = []
  if (!live.isActive)
    missing.push({
      what: 'approval',
      message: `This app ${whyInactive(live.state)}`,
      link: null,
    })
  if (!hasUsableOrigin({ partner: live, livemode: true, isSandbox: deps.isSandbox }))
    missing.push({
      what: 'origin',
      message: 'Add the origin of your site, such as https://app.example.',
      link: linkOf(deps, { appId: live.id, livemode: true }, 'origins'),
    })
  if (deps.isSandbox)
    missing.push({
      what: 'payments',
      message: 'The operator of this server has to set up Stripe: it runs in sandbox mode, so no real money is taken.',
      link: null,
    })
  return { publishable_key: live.publishableKey, missing }
}

function linkOf(
  { publicUrl }: ConsoleDeps,
  { appId, livemode }: { readonly appId: string; readonly livemode: boolean },
  page: string,
): string {
  return `${publicUrl}/partner/${appId}/${livemode ? '' : 'test/'}${page}`
}
