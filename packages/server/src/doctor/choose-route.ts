import { type Address, readAddress } from './address.ts'
import { isKnownProviderKey, kindOfCredential, masked } from './credential.ts'
import { passThroughKey, type SentCredential, sentCredentials } from './sent-credentials.ts'
import { keyHelper, type Setup } from './setup.ts'

export interface Route {
  readonly paidBy:
    | 'credits'
    | 'your own Anthropic credential'
    | 'your own OpenAI credential'
    /** Whatever Claude Code is logged in with; nobody can see that from outside. */
    | 'your Claude login'
    | 'whatever apiKeyHelper prints'
    | 'nobody'
  /** The OpenCredits server where the calls go; null: to the provider itself, or nowhere. */
  readonly server: string | null
  readonly reason: string
}

/** Null: nobody can see it from outside (macOS keeps it in the keychain). */
export type HasLogin = boolean | null

/** Which way Claude Code's calls would go with this setup, and who would pay for them. */
export function chooseRoute(setup: Setup, hasLogin: HasLogin): Route {
  const variable = setup.get('ANTHROPIC_BASE_URL')
  const address = variable === undefined ? null : readAddress(variable.value)
  if (variable !== undefined && address === null) return nobody(null, 'ANTHROPIC_BASE_URL is no URL.')
  const others = sentCredentials(setup)
  const ours = others.find(isOurs)
  const own = others.find((one) => !isOurs(one))
  if (address === null || address.isOthers) return routeToProvider(setup, { ours, own, address })
  if (passThroughKey(setup) !== null) return routePassedThrough(setup, { ours, own, server: address.origin, hasLogin })
  return routeToServer(setup, { ours, own, server: address.origin, hasLogin })
}

function isOurs({ value }: SentCredential): boolean {
  return kindOfCredential(value) !== 'credential of another service'
}

interface Found {
  /** A key of OpenCredits, fit to pay or not. */
  readonly ours: SentCredential | undefined
  readonly own: SentCredential | undefined
}

function routeToProvider(setup: Setup, { ours, own, address }: Found & { readonly address: Address | null }): Route {
  if (ours !== undefined) {
    const where = address === null ? 'is not set' : `is ${address.origin}`
    return nobody(
      null,
      `${ours.name} holds an OpenCredits key, but ANTHROPIC_BASE_URL ${where}: the key would be refused there.`,
    )
  }
  if (own !== undefined)
    return {
      paidBy: 'your own Anthropic credential',
      server: null,
      reason: `${own.name} (${masked(own.value)}) goes to ${address?.origin ?? 'Anthropic itself'}.`,
    }
  return setup.has(keyHelper)
    ? { paidBy: 'whatever apiKeyHelper prints', server: null, reason: 'Nothing points to an OpenCredits server.' }
    : { paidBy: 'your Claude login', server: null, reason: 'Nothing points to an OpenCredits server.' }
}

type FoundAtServer = Found & { readonly server: string; readonly hasLogin: HasLogin }

function routePassedThrough(setup: Setup, { ours, own, server, hasLogin }: FoundAtServer): Route {
  if (ours !== undefined)
    return nobody(
      server,
      `x-opencredits-key asks for pass-through, and ${ours.name} for credits: the server refuses what could mean either.`,
    )
  const key = passThroughKey(setup)
  if (key === null || kindOfCredential(key.value) !== 'user key')
    return nobody(server, 'x-opencredits-key holds no user key (oc_sk_…): every call is a 401.')
  if (own !== undefined)
    return {
      paidBy: 'your own Anthropic credential',
      server,
      reason: `Passed through: ${own.name} (${masked(own.value)}) pays, credits are never touched.`,
    }
  if (setup.has(keyHelper))
    return {
      paidBy: 'whatever apiKeyHelper prints',
      server,
      reason: 'Passed through with the key that apiKeyHelper prints; credits are never touched.',
    }
  if (hasLogin === false)
    return nobody(
      server,
      'x-opencredits-key asks for pass-through, which needs a credential of your own: log in to Claude Code, or set your own key. Every call is a 401, and nothing is billed.',
    )
  return {
    paidBy: 'your Claude login',
    server,
    reason:
      'Passed through with what Claude Code is logged in with; without a login every call is a 401, and credits are never touched.',
  }
}

function routeToServer(setup: Setup, { ours, own, server, hasLogin }: FoundAtServer): Route {
  if (
    new Set(
      sentCredentials(setup)
        .filter(isOurs)
        .map(({ value }) => value.trim()),
    ).size > 1
  )
    return nobody(server, 'Two different OpenCredits keys are set: send one, in one header.')
  // What the server does not recognise as a provider's own it passes over.
  if (ours !== undefined && own !== undefined && isKnownProviderKey(own.value))
    return nobody(
      server,
      `${ours.name} holds an OpenCredits key and ${own.name} a credential of another service: send only the one that is to pay.`,
    )
  if (ours !== undefined)
    return kindOfCredential(ours.value) === 'user key'
      ? {
          paidBy: 'credits',
          server,
          reason: `${ours.name} (${masked(ours.value)}, from ${ours.from}) pays with credits.`,
        }
      : nobody(server, `${ours.name} holds a ${kindOfCredential(ours.value)}, which cannot pay.`)
  if (own !== undefined)
    return nobody(
      server,
      `${own.name} holds a credential of another service, which the server refuses: put a user key (oc_sk_…) there, or ask for pass-through with x-opencredits-key in ANTHROPIC_CUSTOM_HEADERS.`,
    )
  if (setup.has(keyHelper))
    return { paidBy: 'whatever apiKeyHelper prints', server, reason: 'Credits pay if it prints a user key (oc_sk_…).' }
  return nobody(
    server,
    hasLogin === true
      ? 'ANTHROPIC_BASE_URL is set, but no key: your Claude login would be sent to a server that cannot take it. Put a user key (oc_sk_…) in ANTHROPIC_AUTH_TOKEN, or ask for pass-through with x-opencredits-key in ANTHROPIC_CUSTOM_HEADERS.'
      : 'ANTHROPIC_BASE_URL is set, but no user key (oc_sk_…): put it in ANTHROPIC_AUTH_TOKEN.',
  )
}

/** The same for OpenAI's clients, which read the environment only; null where nothing is set for them. */
export function chooseOpenAiRoute(setup: Setup): Route | null {
  const variable = setup.get('OPENAI_BASE_URL')
  const key = setup.get('OPENAI_API_KEY')
  if (variable === undefined && key === undefined) return null
  const address = variable === undefined ? null : readAddress(variable.value)
  if (variable !== undefined && address === null) return nobody(null, 'OPENAI_BASE_URL is no URL.')
  const isAtServer = address !== null && !address.isOthers
  const server = isAtServer ? address.origin : null
  if (key === undefined) return nobody(server, 'OPENAI_BASE_URL is set, but no OPENAI_API_KEY.')
  const kind = kindOfCredential(key.value)
  if (!isAtServer)
    return kind === 'credential of another service'
      ? {
          paidBy: 'your own OpenAI credential',
          server,
          reason: `OPENAI_API_KEY (${masked(key.value)}) goes to ${address?.origin ?? 'OpenAI itself'}.`,
        }
      : nobody(
          server,
          'OPENAI_API_KEY holds an OpenCredits key, but OPENAI_BASE_URL names no OpenCredits server: the key would be refused there.',
        )
  return kind === 'user key'
    ? { paidBy: 'credits', server, reason: `OPENAI_API_KEY (${masked(key.value)}) pays with credits.` }
    : nobody(server, `OPENAI_API_KEY holds a ${kind}, which cannot pay here: put a user key (oc_sk_…) there.`)
}

function nobody(server: string | null, reason: string): Route {
  return { paidBy: 'nobody', server, reason }
}
