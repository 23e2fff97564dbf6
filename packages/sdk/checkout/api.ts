import type {
  AccountApp,
  AccountAppChange,
  AccountKey,
  AccountOverview,
  CheckoutSessionResponse,
  ConsentRequest,
  ConsentRequiredResponse,
  ConsentResponse,
  CreateCheckoutSessionRequest,
  CreateCheckoutSessionResponse,
  LoginCodeRequest,
  LoginCodeResponse,
  LoginVerifyRequest,
  LoginVerifyResponse,
  MeResponse,
  PricingResponse,
  SessionResponse,
} from '@opencredits/protocol'

/** What the server refused, or that nothing came back. Its message is for developers; people are told by `code`. */
export class ApiFailure extends Error {
  readonly code: string
  readonly status: number
  /** The field of the request that is wrong. */
  readonly param: string | null
  readonly retryAfterSeconds: number
  constructor(code: string, answer: { status: number; message?: string; param?: string | null; retryAfter?: number }) {
    super(answer.message ?? code)
    this.code = code
    this.status = answer.status
    this.param = answer.param ?? null
    this.retryAfterSeconds = answer.retryAfter ?? 60
  }
}

/** The calls that the checkout makes, all to its own origin. */
export interface CheckoutApi {
  me(userKey: string): Promise<MeResponse>
  /** What this key may spend: an app's key sees itself alone. */
  keys(userKey: string): Promise<{ readonly data: readonly Pick<AccountKey, 'budget' | 'window' | 'spent'>[] }>
  pricing(): Promise<PricingResponse>
  createSession(
    request: Omit<CreateCheckoutSessionRequest, 'publishable_key'>,
    userKey: string | null,
    idempotencyKey: string,
  ): Promise<CreateCheckoutSessionResponse>
  findSession(sessionId: string, userKey: string): Promise<CheckoutSessionResponse>
  /** To an address, or to that of a guest's payment. */
  sendCode(request: Omit<LoginCodeRequest, 'publishable_key'>, userKey: string | null): Promise<LoginCodeResponse>
  verifyCode(
    request: LoginVerifyRequest,
    userKey: string | null,
  ): Promise<LoginVerifyResponse | ConsentRequiredResponse>
  consent(request: ConsentRequest, userKey: string | null): Promise<ConsentResponse>
  logout(userKey: string): Promise<void>
  /** @throws (rejects with) 401 where nobody is signed in in this frame, as all calls below */
  session(): Promise<SessionResponse>
  overview(): Promise<AccountOverview>
  apps(): Promise<{ readonly data: readonly AccountApp[] }>
  changeApp(id: string, change: AccountAppChange): Promise<unknown>
  claim(purchaseId: string): Promise<{ readonly purchase_ids: readonly string[] }>
  /** Where the browser refuses the frame's cookie, its session is kept here, as long as the checkout is open. */
  keepSession(token: string | null): void
}

export function createCheckoutApi(publishableKey: string): CheckoutApi {
  let sessionToken: string | null = null
  const keyed = (userKey: string | null): Record<string, string> => (userKey === null ? {} : { 'X-User-Key': userKey })
  const send = <Answer>(method: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
    call<Answer>(path, { method, body: JSON.stringify(body), headers })
  const signedIn = () => ({
    ...(sessionToken !== null && { 'X-OpenCredits-Session': sessionToken }),
  })
  return {
    me: (userKey) => call('/v1/me', { headers: keyed(userKey) }),
    keys: (userKey) => call('/v1/keys', { headers: keyed(userKey) }),
    pricing: () => call(`/v1/credits/pricing?publishable_key=${encodeURIComponent(publishableKey)}`),
    createSession: (request, userKey, idempotencyKey) =>
      send(
        'POST',
        '/v1/checkout/sessions',
        { ...request, publishable_key: publishableKey },
        { ...keyed(userKey), ...signedIn(), 'Idempotency-Key': idempotencyKey },
      ),
    findSession: (sessionId, userKey) => call(`/v1/checkout/sessions/${sessionId}`, { headers: keyed(userKey) }),
    sendCode: (request, userKey) =>
      send('POST', '/v1/login/codes', { ...request, publishable_key: publishableKey }, keyed(userKey)),
    verifyCode: (request, userKey) => send('POST', '/v1/login/verify', request, keyed(userKey)),
    consent: (request, userKey) => send('POST', '/v1/login/consent', request, { ...keyed(userKey), ...signedIn() }),
    logout: (userKey) => call('/v1/logout', { method: 'POST', headers: { ...keyed(userKey), ...signedIn() } }),
    session: () => call('/v1/session', { headers: signedIn() }),
    overview: () => call('/v1/account/overview', { headers: signedIn() }),
    apps: () => call('/v1/account/apps', { headers: signedIn() }),
    changeApp: (id, change) => send('PATCH', `/v1/account/apps/${id}`, change, signedIn()),
    claim: (purchaseId) => send('POST', '/v1/account/claims', { purchase_id: purchaseId }, signedIn()),
    keepSession(token) {
      sessionToken = token
    },
  }
}

async function call<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(path, {
    ...init,
    headers: { ...(init.body === undefined ? {} : { 'Content-Type': 'application/json' }), ...init.headers },
  }).catch(() => null)
  if (response === null) throw new ApiFailure('network_error', { status: 0 })
  if (response.status === 204) return undefined as Answer
  const body = await response.json().catch(() => null)
  if (response.ok && body !== null) return body
  throw new ApiFailure(body?.error?.type ?? 'network_error', {
    status: response.status,
    message: body?.error?.message,
    param: body?.error?.param,
    retryAfter: Number(response.headers.get('retry-after') ?? 60) || 60,
  })
}
