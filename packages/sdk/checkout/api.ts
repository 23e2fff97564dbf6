import type {
  CheckoutSessionResponse,
  CreateCheckoutSessionRequest,
  CreateCheckoutSessionResponse,
  LoginCodeResponse,
  LoginVerifyResponse,
  MeResponse,
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
  createSession(
    request: Omit<CreateCheckoutSessionRequest, 'publishable_key'>,
    userKey: string | null,
    idempotencyKey: string,
  ): Promise<CreateCheckoutSessionResponse>
  findSession(sessionId: string, userKey: string): Promise<CheckoutSessionResponse>
  /** @param locale of the mail */
  sendCode(email: string, locale: string): Promise<LoginCodeResponse>
  verifyCode(loginId: string, code: string, userKey: string | null): Promise<LoginVerifyResponse>
  logout(userKey: string): Promise<void>
}

export function createCheckoutApi(publishableKey: string): CheckoutApi {
  const post = <Answer>(path: string, body: unknown, headers: Record<string, string> = {}) =>
    call<Answer>(path, { method: 'POST', body: JSON.stringify(body), headers })
  const keyed = (userKey: string | null): Record<string, string> => (userKey === null ? {} : { 'X-User-Key': userKey })
  return {
    me: (userKey) => call('/v1/me', { headers: keyed(userKey) }),
    createSession: (request, userKey, idempotencyKey) =>
      post(
        '/v1/checkout/sessions',
        { ...request, publishable_key: publishableKey },
        { ...keyed(userKey), 'Idempotency-Key': idempotencyKey },
      ),
    findSession: (sessionId, userKey) => call(`/v1/checkout/sessions/${sessionId}`, { headers: keyed(userKey) }),
    sendCode: (email, locale) => post('/v1/login/codes', { publishable_key: publishableKey, email, locale }),
    verifyCode: (loginId, code, userKey) => post('/v1/login/verify', { login_id: loginId, code }, keyed(userKey)),
    logout: (userKey) => call('/v1/logout', { method: 'POST', headers: keyed(userKey) }),
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
