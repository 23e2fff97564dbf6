import type { Config } from './config.ts'
import type { ClientAddress } from './http/client-address.ts'
import { createKeyAuthenticator } from './keys/authenticate-key.ts'
import { createKeyUses } from './keys/key-uses.ts'
import { accountAppId } from './partners/account-app.ts'
import { adoptApps } from './partners/adopt-apps.ts'
import { createPartnerAuthenticator } from './partners/authenticate-partner.ts'
import type { FindMemberSession } from './partners/member-caller.ts'
import { createSessionAuthenticator } from './sessions/authenticate-session.ts'
import { createOwnPageGuard } from './sessions/own-page.ts'
import { type CodeSenderDeps, createCodeSender } from './sessions/send-login-code.ts'
import { requirePasskey } from './sessions/session-roles.ts'

export interface PeopleDepsInput extends CodeSenderDeps {
  readonly publicUrl: string
  readonly clientAddress: ClientAddress
}

/** What the routes of people need: whose key it is, who is signed in, and how one signs in. */
export function createPeopleDeps(config: Config, input: PeopleDepsInput) {
  const { publicUrl } = input
  const { roleRules } = config
  const keyUses = createKeyUses(input)
  const sessionAuthenticator = createSessionAuthenticator({ ...input, roleRules })
  const findMemberSession: FindMemberSession = async (request) => {
    const session = await sessionAuthenticator.optionalSession(request)
    if (session === null || session.place !== 'account' || session.isByLink) return null
    requirePasskey(session, roleRules, 'partner')
    return session
  }
  return {
    roleRules,
    signUp: config.signUp,
    mailer: input.mailer,
    keyUses,
    authenticator: createKeyAuthenticator({ ...input, keyUses }),
    partnerAuthenticator: createPartnerAuthenticator({ ...input, findMemberSession }),
    accountApp: { id: accountAppId, name: `OpenCredits (${new URL(publicUrl).host})` },
    sessionAuthenticator,
    onSignedIn: adoptApps,
    requireOwnPage: createOwnPageGuard(publicUrl),
    sendLoginCode: createCodeSender(input),
    changesPerUser: input.createThrottle({ name: 'account-changes-user', times: 200, perSeconds: 900 }),
  }
}
