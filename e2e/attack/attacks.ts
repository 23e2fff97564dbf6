import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from 'node:zlib'
import { inChunks, inParts, type RawRequest, sendRaw } from './send-raw.ts'
import { worstBodies } from './worst-bodies.ts'

export interface Target {
  readonly port: number
  /** Of a user who has never paid. */
  readonly userKey: string
}

/** What came back, by status; 0 for none. */
export type Statuses = Readonly<Record<number, number>>

export interface Attack {
  readonly name: string
  run(target: Target): Promise<Statuses>
}

/** How large and how many: a test is content with less than a measurement. */
export interface Scale {
  readonly bodyBytes: number
  /** Requests of one kind that come at the same time. */
  readonly atOnce: number
  readonly crowd: number
}

const megabyte = 1024 * 1024
/** Just under the limit: what is over it is refused by its length alone. */
export const largestBodyBytes = 50 * megabyte - 4096
const endpoints = {
  'a paid call': { path: '/v1/chat/completions', model: 'gpt-4o' },
  'tokens counted at Anthropic': { path: '/v1/messages/count_tokens', model: 'claude-sonnet-4' },
  'tokens counted here': { path: '/v1/messages/count_tokens', model: 'gpt-4o' },
  'a pass-through': { path: '/v1/messages', model: 'claude-sonnet-4' },
} as const

/** All that somebody without credits may think of. */
export function allAttacks({ bodyBytes, atOnce, crowd }: Scale): readonly Attack[] {
  const worst = Object.entries(endpoints).flatMap(([name, { path, model }]) =>
    Object.entries(worstBodies).map(([kind, make]): Attack => {
      const body = () => Buffer.from(make(bodyBytes).toString('latin1').replace('"MODEL"', `"${model}"`), 'latin1')
      const headersOf = name === 'a pass-through' ? passThroughHeaders : keyHeaders
      return {
        name: `${name}: ${kind}`,
        async run(target) {
          const bytes = body()
          const headers = { ...headersOf(target), 'content-length': bytes.length }
          return sendAll(target, atOnce, () => ({ path, headers, parts: inParts(bytes) }))
        },
      }
    }),
  )
  return [...worst, ...packed(bodyBytes, atOnce), ...inBadParts(bodyBytes, crowd), ...crowds(crowd)]
}

const keyHeaders = ({ userKey }: Target) => ({ 'x-user-key': userKey, 'content-type': 'application/json' })
const passThroughHeaders = ({ userKey }: Target) => ({
  'x-opencredits-key': userKey,
  'x-api-key': 'sk-ant-of-somebody',
  'content-type': 'application/json',
})
const countPath = endpoints['tokens counted here'].path

function packed(bodyBytes: number, atOnce: number): readonly Attack[] {
  const plain = () => Buffer.alloc(20 * bodyBytes, ' ')
  const packers = {
    gzip: () => gzipSync(plain()),
    br: () =>
      brotliCompressSync(plain(), {
        params: { [constants.BROTLI_PARAM_QUALITY]: 1, [constants.BROTLI_PARAM_LGWIN]: 24 },
      }),
    zstd: () => zstdCompressSync(plain()),
  }
  return Object.entries(packers).map(([encoding, pack]) => ({
    name: `a bomb in ${encoding}`,
    run(target) {
      const bytes = pack()
      const headers = { ...keyHeaders(target), 'content-encoding': encoding, 'content-length': bytes.length }
      return sendAll(target, atOnce, () => ({ path: countPath, headers, parts: inParts(bytes) }))
    },
  }))
}

function inBadParts(bodyBytes: number, crowd: number): readonly Attack[] {
  const chunked = (target: Target) => ({ ...keyHeaders(target), 'transfer-encoding': 'chunked' })
  return [
    {
      name: 'a body whose length is not told',
      run(target) {
        const bytes = Buffer.alloc(2 * bodyBytes, ' ')
        return sendAll(target, 4, () => ({ path: countPath, headers: chunked(target), parts: inChunks(bytes, 65_536) }))
      },
    },
    {
      name: 'single bytes',
      run(target) {
        const bytes = Buffer.alloc(megabyte, ' ')
        return sendAll(target, crowd, () => ({ path: countPath, headers: chunked(target), parts: inChunks(bytes, 1) }))
      },
    },
    {
      name: 'half bodies',
      run(target) {
        const half = Buffer.alloc(bodyBytes / 2, ' ')
        const headers = { ...passThroughHeaders(target), 'content-length': bodyBytes }
        return sendAll(target, crowd, () => ({
          path: '/v1/messages',
          headers,
          parts: inParts(half),
          patienceMs: 2_000,
        }))
      },
    },
    {
      name: 'announced bodies of which nothing comes',
      run(target) {
        const headers = { ...passThroughHeaders(target), 'content-length': bodyBytes }
        return sendAll(target, crowd, () => ({ path: '/v1/messages', headers, parts: [], patienceMs: 2_000 }))
      },
    },
  ]
}

/** Many at once on the routes that need no key. */
function crowds(crowd: number): readonly Attack[] {
  const bytes = Buffer.from(`{"publishable_key":"x","email":"${'a'.repeat(255 * 1024)}"}`)
  const post = (name: string, path: string, body: Buffer, more: Record<string, string> = {}): Attack => ({
    name,
    run: (target) =>
      sendAll(target, crowd, () => ({
        path,
        headers: { 'content-length': body.length, ...more },
        parts: inParts(body),
      })),
  })
  return [
    post('sign-in codes', '/v1/login/codes', bytes),
    post('checkouts', '/v1/checkout/sessions', bytes),
    post('forged payments', '/webhooks/stripe', Buffer.alloc(megabyte, ' '), {
      'stripe-signature': `t=${Math.floor(Date.now() / 1000)},v1=${'0'.repeat(64)}`,
    }),
    post('pages that are not there', '/no-such-page', bytes),
    {
      name: 'polled sessions',
      run: (target) =>
        sendAll(target, crowd, () => ({
          method: 'GET',
          path: '/v1/checkout/sessions/cs_x',
          headers: keyHeaders(target),
          parts: [],
        })),
    },
  ]
}

async function sendAll(target: Target, count: number, request: () => RawRequest): Promise<Statuses> {
  const statuses: Record<number, number> = {}
  const send = async () => {
    const status = await sendRaw(target.port, request())
    statuses[status] = (statuses[status] ?? 0) + 1
  }
  await Promise.all(Array.from({ length: count }, send))
  return statuses
}
