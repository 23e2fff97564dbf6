import { z } from 'zod'

/** What acts keep before and after, as far as the log shows it. */
const detailsSchema = z.object({
  role: z.string().optional(),
  name: z.string().optional(),
  state: z.string().optional(),
  scopes: z.array(z.string()).optional(),
  replayed: z.number().optional(),
  enabled: z.boolean().optional(),
})

type Details = z.output<typeof detailsSchema>

interface DescribedAct {
  readonly action: string
  readonly before: string | null
  readonly after: string | null
  /** Whom an invitation is for; null for other acts, and once that account is erased. */
  readonly invited: string | null
}

type Describe = (of: { readonly before: Details; readonly after: Details; readonly invited: string }) => string

const words: Readonly<Record<string, Describe>> = {
  'app.applied_for': ({ after }) => (after.state === 'pending' ? 'Applied for the app' : 'Signed the app up'),
  'app.approved': () => 'The app was approved',
  'app.rejected': () => 'The app was not approved',
  'app.suspended': () => 'The app was suspended',
  'app.resumed': () => 'The app was resumed',
  'app.closed': () => 'The app was closed',
  'partner.settings_changed': () => 'The settings were changed',
  'partner.publishable_key_rolled': () => 'The app got a new publishable key',
  'member.invited': ({ after, invited }) => `Invited ${invited} as ${after.role}`,
  'member.joined': ({ after }) => `Joined as ${after.role}`,
  'member.role_changed': ({ before, after }) => `A member’s role was changed from ${before.role} to ${after.role}`,
  'member.removed': ({ before }) => `A member was removed (${before.role})`,
  'member.left': ({ before }) => `Left the app (${before.role})`,
  'member.became_owner': () => 'The app has a new owner',
  'invitation.sent_again': ({ invited }) => `Sent the invitation of ${invited} again`,
  'invitation.withdrawn': ({ invited }) => `Withdrew the invitation of ${invited}`,
  'partner_key.created': ({ after }) => `Made the key “${after.name}” (${(after.scopes ?? []).join(', ')})`,
  'partner_key.changed': ({ after }) => `The key “${after.name}” was changed (${(after.scopes ?? []).join(', ')})`,
  'partner_key.rolled': () => 'A key got a new secret',
  'partner_key.revoked': () => 'A key was revoked',
  'webhook_endpoint.created': () => 'A webhook endpoint was added',
  'webhook_endpoint.changed': () => 'A webhook endpoint was changed',
  'webhook_endpoint.disabled': () => 'A webhook endpoint was disabled, because its deliveries failed',
  'webhook_endpoint.deleted': () => 'A webhook endpoint was deleted',
  'webhook_endpoint.rolled': () => 'A webhook endpoint got a new secret',
  'webhook_endpoint.replayed': ({ after }) => `${after.replayed} missed webhook deliveries were sent again`,
}

/** What was done to an app, as a sentence without its full stop. */
export function describeAppAct(act: DescribedAct): string {
  const describe = words[act.action]
  if (describe === undefined) return act.action.replace(/[._]/g, ' ')
  const invited = act.invited === null || act.invited === '' ? 'somebody' : act.invited
  return describe({ before: detailsOf(act.before), after: detailsOf(act.after), invited })
}

function detailsOf(json: string | null): Details {
  const details = json === null ? null : detailsSchema.safeParse(JSON.parse(json))
  return details?.success === true ? details.data : {}
}
