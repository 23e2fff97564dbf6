import { customHeaders, kindOfCredential, masked, type Setup } from './setup.ts'

export interface Route {
  /** `login`: whatever Claude Code is logged in with; nobody can see that from outside. */
  readonly paidBy: 'credits' | 'your own Anthropic credential' | 'your Claude login' | 'nobody'
  /** Where Claude Code's calls go; null: to Anthropic itself. */
  readonly server: string | null
  readonly reason: string
}

/** Which way Claude Code's calls would go with this setup, and who would pay for them. */
export function chooseRoute(setup: Setup): Route {
  const server = setup.get('ANTHROPIC_BASE_URL')?.value.trim() ?? null
  const credentials = ['ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_API_KEY'].flatMap((name) => setup.get(name) ?? [])
  const paying = credentials.find(({ value }) => kindOfCredential(value) !== 'credential of another service')
  const own = credentials.find(({ value }) => kindOfCredential(value) === 'credential of another service')
  const passThroughKey = customHeaders(setup).get('x-opencredits-key') ?? null
  if (server === null) {
    if (paying !== undefined)
      return nobody(
        null,
        `${paying.name} holds an OpenCredits key, but ANTHROPIC_BASE_URL is not set: Anthropic would refuse it.`,
      )
    return own === undefined
      ? { paidBy: 'your Claude login', server, reason: 'Nothing points to an OpenCredits server.' }
      : { paidBy: 'your own Anthropic credential', server, reason: `${own.name} goes to Anthropic itself.` }
  }
  if (passThroughKey !== null) {
    if (paying !== undefined)
      return nobody(
        server,
        `x-opencredits-key asks for pass-through, and ${paying.name} for credits: the server refuses what could mean either.`,
      )
    if (own !== undefined)
      return {
        paidBy: 'your own Anthropic credential',
        server,
        reason: `Passed through: ${own.name} (${masked(own.value)}) pays, credits are never touched.`,
      }
    return {
      paidBy: 'your Claude login',
      server,
      reason:
        'Passed through with what Claude Code is logged in with; without a login every call is a 401, and credits are never touched.',
    }
  }
  if (paying !== undefined && own !== undefined)
    return nobody(
      server,
      `${paying.name} holds an OpenCredits key and ${own.name} a credential of another service: the server refuses what could mean either.`,
    )
  if (paying !== undefined && kindOfCredential(paying.value) === 'user key')
    return {
      paidBy: 'credits',
      server,
      reason: `${paying.name} (${masked(paying.value)}, from ${paying.from}) pays with credits.`,
    }
  return nobody(
    server,
    paying === undefined
      ? 'ANTHROPIC_BASE_URL is set, but no user key (oc_sk_…): put it in ANTHROPIC_AUTH_TOKEN.'
      : `${paying.name} holds a ${kindOfCredential(paying.value)}, which cannot pay.`,
  )
}

function nobody(server: string | null, reason: string): Route {
  return { paidBy: 'nobody', server, reason }
}
