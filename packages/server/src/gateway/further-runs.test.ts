import { describe, expect, it } from 'vitest'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'
import type { Partner } from '../partners/partner.ts'
import { createCatalogue } from '../pricing/catalogue.ts'
import { noOperatorModels } from '../pricing/operator-models.ts'
import { anthropicMessages } from '../wires/anthropic-messages/index.ts'
import type { Upstreams } from './forward.ts'
import { namesOfRuns, priceWithRuns, resolveFurtherRuns } from './further-runs.ts'

const catalogue = createCatalogue(noOperatorModels, Date.parse('2026-11-20'))
const modelOf = (name: string) => {
  const model = catalogue.find(name)
  if (model === null) throw new Error(`no ${name}`)
  return model
}

const key: AuthenticatedKey = {
  ...{
    keyId: 'K1',
    userId: 'U1',
    partnerId: 'P1',
    livemode: true,
    source: 'named',
    isGuest: false,
    budget: null,
    budgetId: 'K1',
    guestBudgetId: null,
    requestsPerMinute: null,
  },
  ...{ models: null, isMarked: false, pseudonym: 'ocu_1', wasFunded: false, readAtMs: 0 },
}
const partner: Partner = {
  ...{
    id: 'P1',
    appId: 'P1',
    livemode: true,
    name: 'P',
    email: 'p@example.com',
    publishableKey: 'pk',
    shareBasisPoints: 0,
    allowedModels: null,
  },
  ...{
    origins: [],
    allowsLocalhost: false,
    logoUrl: null,
    website: null,
    statementSuffix: null,
    suggestedBudget: null,
    isAccountPage: false,
    accentColor: null,
    isActive: true,
    state: 'approved',
    defaultModel: null,
    ownerUserId: null,
  },
}

const advisor = (model: string) => ({ tools: [{ type: 'advisor_20260301', name: 'advisor', model }] })
const fallback = (model: string) => ({ fallbacks: [{ model }] })

const unused = () => Promise.reject(new Error('nobody is asked'))
const upstreams: Upstreams = {
  ...{ isConfigured: () => true, forward: unused, ask: unused, forwardOwn: unused, close: unused },
  ...{ keysOf: () => [], keysInTurn: () => [], manage: unused },
}

interface Asked {
  readonly model?: string
  readonly allowed?: readonly string[] | null
  readonly ofKey?: readonly string[] | null
}

function resolve(body: object, { model = 'claude-sonnet-5', allowed = null, ofKey = null }: Asked = {}) {
  const request = anthropicMessages.parseRequest({ model, max_tokens: 9, messages: [{ role: 'user' }], ...body })
  const deps = { catalogue, upstreams }
  const limits = { key: { ...key, models: ofKey }, partner: { ...partner, allowedModels: allowed } }
  return resolveFurtherRuns(deps, anthropicMessages, request, { model: modelOf(model), limits })
}

const only = ['claude-sonnet-5', 'claude-haiku-4-5']

describe('resolveFurtherRuns', () => {
  it.each([
    ['an advisor, for the app', advisor('claude-opus-5'), { allowed: only }, 'model_not_allowed', 'tools.0.model'],
    ['an advisor, for the key', advisor('claude-opus-5'), { ofKey: only }, 'model_not_allowed', 'tools.0.model'],
    ['a fallback, for the app', fallback('claude-opus-5'), { allowed: only }, 'model_not_allowed', 'fallbacks.0.model'],
    ['a fallback, for the key', fallback('claude-opus-5'), { ofKey: only }, 'model_not_allowed', 'fallbacks.0.model'],
    [
      'any model, for an app with a list',
      { fallbacks: 'default' },
      { allowed: only },
      'model_not_allowed',
      'fallbacks',
    ],
    ['any model, for a key with a list', { fallbacks: 'default' }, { ofKey: only }, 'model_not_allowed', 'fallbacks'],
    ['a model that is not here', advisor('claude-never'), {}, 'model_not_found', 'tools.0.model'],
    ['a model of another provider', fallback('openai/gpt-5'), {}, 'invalid_request', 'fallbacks.0.model'],
    [
      'too much advice',
      { tools: [{ ...advisor('claude-opus-5').tools[0], max_uses: 101 }] },
      {},
      'invalid_request',
      'tools.0.model',
    ],
  ] as const)('refuses %s', (_case, body, limits, code, param) => {
    expect(() => resolve(body, limits)).toThrow(expect.objectContaining({ code, param }))
  })

  it.each([
    ['an advisor', advisor('claude-haiku-4-5')],
    ['a fallback by another of its names', fallback('anthropic/claude-haiku-4.5')],
  ])('takes %s that both lists have', (_case, body) =>
    expect(resolve(body, { allowed: only, ofKey: only })).toMatchObject([
      { model: { id: 'anthropic/claude-haiku-4-5-20251001' } },
    ]),
  )

  it('takes any model for a key without a list, and reckons with the dearest', () => {
    const [run] = resolve({ fallbacks: 'default' })
    const outputs = catalogue.models
      .filter(({ provider }) => provider === 'anthropic')
      .map(({ price }) => price.rates.outputPerMillion)
    expect(run?.model.price.rates.outputPerMillion).toBe(Math.max(...outputs))
  })

  it('asks other providers for none: their bodies have no such thing', () =>
    expect(resolve(fallback('claude-opus-5'), { model: 'openai/gpt-5' })).toEqual([]))
})

describe('the price of a call with runs', () => {
  it('is the model’s own where no other may run', () => {
    const sonnet = modelOf('claude-sonnet-5')
    const compaction = { context_management: { edits: [{ type: 'compact_20260112' }] } }
    expect(priceWithRuns(catalogue, sonnet, resolve({}))).toBe(sonnet.price)
    expect(priceWithRuns(catalogue, sonnet, resolve(compaction))).toBe(sonnet.price)
  })

  it('has that of every model that was named, and the dearest for those that were not', () => {
    const { others } = priceWithRuns(catalogue, modelOf('claude-sonnet-5'), resolve(advisor('claude-opus-4.6')))
    expect(others?.byModel).toEqual({
      'claude-sonnet-5': modelOf('claude-sonnet-5').price,
      'claude-opus-4-6': modelOf('claude-opus-4-6').price,
    })
    for (const { provider, price } of catalogue.models)
      if (provider === 'anthropic')
        expect(others?.unnamed.rates.outputPerMillion).toBeGreaterThanOrEqual(price.rates.outputPerMillion)
  })

  it('knows what the provider calls the models', () =>
    expect([...namesOfRuns(resolve(advisor('anthropic/claude-haiku-4.5')))]).toEqual([
      ['anthropic/claude-haiku-4.5', 'claude-haiku-4-5-20251001'],
    ]))
})
