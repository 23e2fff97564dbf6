import { transact } from '../../packages/server/src/store/transact.ts'
import { findOrCreateAccount } from '../../packages/server/src/users/find-user.ts'
import type { Stack } from '../stack.ts'
import { type ApiAnswer, call } from './api-client.ts'
import { addSession } from './cast.ts'
import type { PeopleStore } from './people-store.ts'
import { fromFrame } from './sign-in.ts'

/** Somebody who is signed in on our own pages, and may be a member of apps. */
export interface MemberClient {
  readonly userId: string
  readonly email: string
  call(method: string, path: string, body?: unknown): Promise<ApiAnswer>
}

/** Signs an account in past the mails: the store of the stack has to know the tests' pepper. */
export async function signInMember(stack: Stack, store: PeopleStore, email: string): Promise<MemberClient> {
  const { userId, token } = await transact(store.db, async (transaction) => {
    const id = await findOrCreateAccount(transaction, { email, livemode: true }, Date.now())
    return { userId: id, ...(await addSession(transaction, id, Date.now() + 86_400_000)) }
  })
  const headers = { ...fromFrame(stack), cookie: `oc_session=${token}` }
  return {
    userId,
    email,
    call: (method, path, body) =>
      call(stack, method, path, { headers, ...(method === 'GET' ? {} : { body: body ?? {} }) }),
  }
}

/** Status and, of a refusal, its code. */
export function answerOf({ status, body }: ApiAnswer): string {
  const error = body.error as { readonly type?: string } | undefined
  return error?.type === undefined ? String(status) : `${status} ${error.type}`
}
