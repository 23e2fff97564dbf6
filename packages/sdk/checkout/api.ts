import {
  type AccountApp,
  type AccountAppChange,
  type AccountKey,
  type AccountOverview,
  type CheckoutAppConfig,
  type CheckoutSessionResponse,
  type ConsentRequest,
  type ConsentRequiredResponse,
  type ConsentResponse,
  type CreateCheckoutSessionRequest,
  type CreateCheckoutSessionResponse,
  callApi,
  type LoginCodeRequest,
  type LoginCodeResponse,
  type LoginVerifyRequest,
  type LoginVerifyResponse,
  type MeResponse,
  type PricingResponse,
  type SessionResponse,
} from '@opencredits/protocol'

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

export function createCheckoutApi({ publishableKey, livemode }: CheckoutAppConfig): CheckoutApi {
  let sessionToken: string | null = null
  const keyed = (userKey: string | null): Record<string, string> => (userKey === null ? {} : { 'X-User-Key': userKey })
  const send = <Answer>(method: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
    callApi<Answer>(path, { method, body: JSON.stringify(body), headers })
  const signedIn = () => ({
    ...(sessionToken !== null && { 'X-OpenCredits-Session': sessionToken }),
    ...(!livemode && { 'X-OpenCredits-Livemode': 'false' }),
  })
  return {
    me: (userKey) => callApi('/v1/me', { headers: keyed(userKey) }),
    keys: (userKey) => callApi('/v1/keys', { headers: keyed(userKey) }),
    pricing: () => callApi(`/v1/credits/pricing?publishable_key=${encodeURIComponent(publishableKey)}`),
    createSession: (request, userKey, idempotencyKey) =>
      send(
        'POST',
        '/v1/checkout/sessions',
        { ...request, publishable_key: publishableKey },
        { ...keyed(userKey), ...signedIn(), 'Idempotency-Key': idempotencyKey },
      ),
    findSession: (sessionId, userKey) => callApi(`/v1/checkout/sessions/${sessionId}`, { headers: keyed(userKey) }),
    sendCode: (request, userKey) =>
      send('POST', '/v1/login/codes', { ...request, publishable_key: publishableKey }, keyed(userKey)),
    verifyCode: (request, userKey) => send('POST', '/v1/login/verify', request, keyed(userKey)),
    consent: (request, userKey) => send('POST', '/v1/login/consent', request, { ...keyed(userKey), ...signedIn() }),
    logout: (userKey) => callApi('/v1/logout', { method: 'POST', headers: { ...keyed(userKey), ...signedIn() } }),
    session: () => callApi('/v1/session', { headers: signedIn() }),
    overview: () => callApi('/v1/account/overview', { headers: signedIn() }),
    apps: () => callApi('/v1/account/apps', { headers: signedIn() }),
    changeApp: (id, change) => send('PATCH', `/v1/account/apps/${id}`, change, signedIn()),
    claim: (purchaseId) => send('POST', '/v1/account/claims', { purchase_id: purchaseId }, signedIn()),
    keepSession(token) {
      sessionToken = token
    },
  }
}
