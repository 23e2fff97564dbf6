import { describe, expect, it } from 'vitest'
import type { Partner } from '../partners/partner.ts'
import { createCatalogue } from '../pricing/catalogue.ts'
import { describeSetup } from './describe-setup.ts'
import type { DoneSteps } from './read-checks.ts'

const live: Partner = {
  ...{ id: 'par_1', appId: 'par_1', livemode: true, name: 'App', email: 'maker@example.com' },
  ...{ publishableKey: 'oc_pk_1', shareBasisPoints: 0, allowedModels: null, allowsLocalhost: false },
  ...{ origins: ['http://localhost:5173', 'https://app.example'], logoUrl: null, accentColor: null },
  ...{
    defaultModel: null,
    website: null,
    suggestedBudget: null,
    isAccountPage: false,
    isActive: true,
    state: 'approved',
  },
  ...{ ownerUserId: null, statementSuffix: null },
}
const twin: Partner = { ...live, id: 'par_2', livemode: false, publishableKey: 'oc_pk_test_1', allowsLocalhost: true }
const nothingDone: DoneSteps = { origin: null, sdk: null, purchase: null, call: null, webhook: null }

function setupOf(of: Partial<Partner> = {}, { livemode = true, isSandbox = false, done = nothingDone } = {}) {
  const deps = {
    ...{ publicUrl: 'https://credits.example', isSandbox, isOnOffer: () => true },
    ...{ catalogue: createCatalogue({ models: {}, aliases: {} }, 0), payments: { test: { form: null } } },
  }
  const app = { ...live, ...of }
  const world = { partner: livemode ? app : { ...twin, ...of }, livemode, isSandbox }
  return describeSetup(deps, { world, live: app, done })
}

describe('describeSetup', () => {
  it('says of each open step what to do, and in which page of the world', () => {
    const { checks } = setupOf({}, { livemode: false, done: { ...nothingDone, origin: 2_999 } })
    expect(checks.map(({ step, done_at, link }) => [step, done_at, link])).toEqual([
      ['origin', 2, null],
      ['sdk', null, null],
      ['purchase', null, null],
      ['call', null, null],
      ['webhook', null, 'https://credits.example/partner/par_1/test/webhooks'],
    ])
    expect(checks.map(({ missing }) => missing === null)).toEqual([true, false, false, false, false])
    expect(setupOf().checks[0]?.link).toBe('https://credits.example/partner/par_1/origins')
  })

  it('says of an app that is not live why, and where its origins are added', () => {
    const { go_live } = setupOf({ isActive: false, state: 'closed', origins: [] })
    expect(go_live.missing).toMatchObject([
      { what: 'approval', message: 'This app was closed by its maker.' },
      { what: 'origin', link: 'https://credits.example/partner/par_1/origins' },
    ])
  })

  it('fills the snippets in for the world: in the test world a page on the own machine', () => {
    const base_url = 'https://credits.example'
    expect(setupOf().snippet).toEqual({
      ...{ publishable_key: 'oc_pk_1', base_url, origin: 'https://app.example', model: 'openai/gpt-4o' },
    })
    expect(setupOf({}, { livemode: false }).snippet).toMatchObject({ origin: 'http://localhost:5173' })
    expect(setupOf({ origins: [] }, { livemode: false }).snippet).toMatchObject({ origin: 'http://localhost:3000' })
  })

  it('names a model that the app offers', () => {
    const allowedModels = ['anthropic/claude-sonnet-4-5']
    expect(setupOf({ allowedModels }).snippet.model).toMatch(/^anthropic\/claude-sonnet-4-5/)
    expect(setupOf({ defaultModel: 'openai/gpt-4o-mini' }).snippet.model).toBe('openai/gpt-4o-mini')
  })

  it.each<[string, Partial<Partner>, boolean, readonly string[]]>([
    ['nothing', {}, false, []],
    ['approval', { isActive: false }, false, ['approval']],
    ['an origin that users can reach', { origins: ['http://localhost:5173'] }, false, ['origin']],
    ['payments, in sandbox mode', {}, true, ['payments']],
    ['approval and an origin', { isActive: false, origins: [] }, false, ['approval', 'origin']],
  ])('going live lacks %s', (_label, of, isSandbox, missing) => {
    const { go_live } = setupOf(of, { livemode: false, isSandbox })
    expect(go_live.publishable_key).toBe('oc_pk_1')
    expect(go_live.missing.map(({ what }) => what)).toEqual(missing)
  })
})
