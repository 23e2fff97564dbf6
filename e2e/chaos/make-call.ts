import type { CallPlan } from './call-plan.ts'
import { mediaPart } from './media.ts'
import type { ServerProcess } from './server-process.ts'

/** What a client saw of one call. */
export interface SeenCall {
  readonly plan: CallPlan
  readonly userKey: string
  readonly server: string
  readonly startedAtMs: number
  readonly endedAtMs: number
  /** `finished`: the answer was seen to its end · `refused`: an error answer · `broken`: cut · `left`: by the client. */
  readonly ending: 'finished' | 'refused' | 'broken' | 'left'
  readonly status: number | null
  readonly requestId: string | null
  /** In credits, from the header of an answer that is no stream. */
  readonly chargeHeader: string | null
  /** The request's record, read at once after the end; null where it was not asked for or not to be had. */
  readonly record: Readonly<Record<string, unknown>> | null
}

const patienceMs = 40_000

export async function makeCall(server: ServerProcess, userKey: string, plan: CallPlan): Promise<SeenCall> {
  const startedAtMs = Date.now()
  const leaving = new AbortController()
  const impatience = setTimeout(() => leaving.abort(), plan.leavesAfterMs ?? patienceMs)
  let response: Response | null = null
  let ending: SeenCall['ending'] = 'broken'
  try {
    response = await fetch(`${server.url}${plan.dialect === 'openai' ? '/v1/chat/completions' : '/v1/messages'}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-user-key': userKey },
      body: JSON.stringify(bodyOf(plan)),
      signal: leaving.signal,
    })
    ending = await readToEnd(response, plan, leaving)
  } catch {
    ending = leaving.signal.aborted ? 'left' : 'broken'
  }
  clearTimeout(impatience)
  const requestId = response?.headers.get('request-id') ?? null
  const isToRead = ending === 'finished' && plan.readsRecord && requestId !== null
  return {
    plan,
    userKey,
    server: server.name,
    startedAtMs,
    endedAtMs: Date.now(),
    ending,
    status: response?.status ?? null,
    requestId,
    chargeHeader: response?.headers.get('opencredits-charge') ?? null,
    record: isToRead ? await readRecord(server, userKey, requestId) : null,
  }
}

function bodyOf(plan: CallPlan): object {
  const text = `${plan.marker} Tell me something. [[sandbox: ${plan.directives}]]`
  const parts = plan.media.map((media) => mediaPart(media, plan.dialect))
  const content = parts.length === 0 ? text : [...parts, { type: 'text', text }]
  return {
    model: plan.model,
    [plan.model.startsWith('openai/gpt-5') ? 'max_completion_tokens' : 'max_tokens']: plan.maxTokens,
    messages: [{ role: 'user', content }],
    ...(plan.isStream ? { stream: true } : {}),
    ...(plan.asksToThink ? { thinking: { type: 'adaptive' } } : {}),
    ...toolsOf(plan),
  }
}

function toolsOf({ dialect, hasTool, searchesMax }: CallPlan): object {
  if (searchesMax !== null)
    return { tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: searchesMax }] }
  if (!hasTool) return {}
  const schema = { type: 'object', properties: { word: { type: 'string' } }, required: ['word'] }
  return {
    tools:
      dialect === 'openai'
        ? [{ type: 'function', function: { name: 'look_up', parameters: schema } }]
        : [{ name: 'look_up', input_schema: schema }],
  }
}

async function readToEnd(response: Response, plan: CallPlan, leaving: AbortController): Promise<SeenCall['ending']> {
  const end = plan.dialect === 'openai' ? 'data: [DONE]' : 'event: message_stop'
  const decoder = new TextDecoder()
  let text = ''
  let bytesSeen = 0
  if (plan.leavesAfterBytes === 0) leaving.abort()
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes, { stream: true })
    bytesSeen += bytes.length
    if (plan.isStream && response.status === 200 && text.includes(end)) return 'finished'
    if (plan.leavesAfterBytes !== null && bytesSeen >= plan.leavesAfterBytes) {
      leaving.abort()
      return 'left'
    }
    if (plan.leavesAfterWord !== null && saidIn(text).includes(plan.leavesAfterWord)) {
      leaving.abort()
      return 'left'
    }
  }
  if (response.status !== 200) return 'refused'
  if (plan.isStream) return 'broken'
  JSON.parse(text)
  return 'finished'
}

/** The words of a stream so far, in either dialect. */
function saidIn(events: string): string {
  return [...events.matchAll(/"(?:content|text)":"((?:[^"\\]|\\.)*)"/g)].map(([, words]) => words).join('')
}

async function readRecord(server: ServerProcess, userKey: string, requestId: string): Promise<SeenCall['record']> {
  try {
    const response = await fetch(`${server.url}/v1/credits/requests/${requestId}`, {
      headers: { 'x-user-key': userKey },
      signal: AbortSignal.timeout(patienceMs),
    })
    return response.status === 200 || response.status === 404 ? ((await response.json()) as SeenCall['record']) : null
  } catch {
    return null
  }
}
