import { readAddress } from './address.ts'
import { askServer, type Question, type ServerReport } from './ask-server.ts'
import { chooseOpenAiRoute, chooseRoute, type HasLogin, type Route } from './choose-route.ts'
import { isKnownProviderKey, isSendable, kindOfCredential } from './credential.ts'
import { findTraps, type Trap } from './find-traps.ts'
import { passThroughKey, sentCredentials } from './sent-credentials.ts'
import type { Setup } from './setup.ts'

export type Examined = Route & { readonly serverReport: ServerReport | null }

export interface Findings {
  readonly claudeCode: Examined
  /** Null: nothing is set for OpenAI's clients. */
  readonly openai: Examined | null
  readonly traps: readonly Trap[]
}

/** The doctor's whole work: both routes, the known traps, and what the servers say. `fetch` null: they are not asked. */
export async function examine(setup: Setup, hasLogin: HasLogin, fetch: Question['fetch'] | null): Promise<Findings> {
  const claudeCode = await withServer(chooseRoute(setup, hasLogin), questionOfClaudeCode(setup, hasLogin), fetch)
  const openAiRoute = chooseOpenAiRoute(setup)
  const openai = openAiRoute === null ? null : await withServer(openAiRoute, questionOfOpenAi(setup), fetch)
  const known = findTraps(setup)
  const isOpenAis = (trap: Trap) => trap.variable?.startsWith('OPENAI_') === true
  return {
    claudeCode,
    openai,
    traps: [
      ...known,
      ...trapsOf(
        claudeCode,
        known.filter((trap) => !isOpenAis(trap)),
      ),
      ...(openai === null ? [] : trapsOf(openai, known.filter(isOpenAis))),
    ],
  }
}

type Asked = Omit<Question, 'fetch' | 'origin' | 'url'> & { readonly baseUrl: string | undefined }

async function withServer(route: Route, asked: Asked, fetch: Question['fetch'] | null): Promise<Examined> {
  const address = readAddress(asked.baseUrl ?? '')
  if (route.server === null || address === null || fetch === null) return { ...route, serverReport: null }
  const { headers, userKey } = asked
  return {
    ...route,
    serverReport: await askServer({ url: address.url, origin: address.origin, headers, userKey, fetch }),
  }
}

/** That nobody would pay is told once: by the server, by the check that knows why, or else by the route's own reason. */
function trapsOf(examined: Examined, known: readonly Trap[]): readonly Trap[] {
  const told = examined.serverReport?.traps ?? []
  const isUntold = examined.paidBy === 'nobody' && told.length === 0 && known.length === 0
  return isUntold ? [{ code: 'nobody_pays', message: examined.reason }] : told
}

function questionOfClaudeCode(setup: Setup, hasLogin: HasLogin): Asked {
  const sent = sentCredentials(setup)
  const passed = passThroughKey(setup)
  const headers: Record<string, string> = {}
  for (const { header, value } of sent)
    headers[header] = header === 'authorization' ? `Bearer ${standIn(value)}` : standIn(value)
  // What a login or a script would send cannot be seen here, and is nobody's business: that there is one is enough.
  if (sent.length === 0 && passed !== null && (hasLogin !== false || setup.has('apiKeyHelper')))
    headers.authorization = `Bearer ${standIn('sk-ant-')}`
  if (passed !== null) headers['x-opencredits-key'] = `Bearer ${passed.value}`
  const found = [...sent, ...(passed === null ? [] : [passed])].find(
    ({ value }) => kindOfCredential(value) === 'user key',
  )
  return { baseUrl: setup.get('ANTHROPIC_BASE_URL')?.value, headers, userKey: found?.value.trim() ?? null }
}

function questionOfOpenAi(setup: Setup): Asked {
  const key = setup.get('OPENAI_API_KEY')?.value ?? ''
  return {
    baseUrl: setup.get('OPENAI_BASE_URL')?.value,
    headers: { authorization: `Bearer ${standIn(key)}` },
    userKey: kindOfCredential(key) === 'user key' ? key.trim() : null,
  }
}

/** A credential of another service stays here: the server only has to see that there is one, and of what kind. */
function standIn(value: string): string {
  const key = value.trim()
  if (kindOfCredential(key) !== 'credential of another service' || !isSendable(key)) return key
  return isKnownProviderKey(key) ? 'sk-ant-kept-back-by-the-doctor' : 'kept-back-by-the-doctor'
}
