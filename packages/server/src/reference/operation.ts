import type { z } from 'zod'

export type Auth =
  | 'user key'
  /** As `user key`, or one's own Anthropic credential with `x-opencredits-key` beside it. */
  | 'user key or pass-through'
  /** Said in the body or the query: it names an app and is no secret. A user key may stand beside it. */
  | 'publishable key'
  /** The cookie of a browser that is signed in on our own pages. */
  | 'session'
  /** Anybody, but from our own pages only. */
  | 'own page'
  /** A restricted key of an app, `oc_rk_…`, from a server; or the session of a member, on our own pages. */
  | 'restricted key'
  /** The session of a member alone. */
  | 'member'
  | 'operator'
  | 'signature'
  | 'anyone'

/** One line of the API. The schemas of what comes in are those by which the server checks it. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  readonly path: string
  readonly group:
    | 'AI calls'
    | 'Files'
    | 'Batches'
    | 'Credits'
    | 'Checkout'
    | 'Sign-in'
    | 'Account'
    | 'Keys'
    | 'Partner'
    | 'Operation'
  readonly summary: string
  readonly auth: Auth
  readonly body?: z.ZodType
  /** Of a form with a file in it. */
  readonly form?: z.ZodType
  /** A body that can be sent as it is. */
  readonly example?: Readonly<Record<string, unknown>>
  readonly query?: z.ZodObject
  readonly headers?: z.ZodObject
  /** Of a good answer. Default: 200. */
  readonly status?: 201 | 204
  /** What a good answer is like, where it is not another company's format. */
  readonly answer?: z.ZodType
  readonly answersInText?: 'text/plain' | 'text/csv' | 'application/octet-stream'
  /** Answers as a stream of events when the body asks for it. */
  readonly streams?: boolean
  /** What else is answered than the errors that follow from the rest. */
  readonly failures?: Readonly<Record<string, string>>
}

/** A GET with a user key, unless said otherwise. */
export function read(path: string, group: Operation['group'], summary: string, more: Partial<Operation>): Operation {
  return { method: 'get', path, group, summary, auth: 'user key', ...more }
}

/** A POST with a user key, unless said otherwise. */
export function write(path: string, group: Operation['group'], summary: string, more: Partial<Operation>): Operation {
  return { method: 'post', path, group, summary, auth: 'user key', ...more }
}
