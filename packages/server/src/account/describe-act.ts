import { z } from 'zod'
import { parseJsonObject } from '../http/request-body.ts'
import type { Row } from '../store/schema.ts'
import type { KeyName, Names } from './read-names.ts'

export type ActNames = Pick<Names, 'app' | 'key'>
type DescribedAct = Pick<Row<'audit_log'>, 'action' | 'target_id' | 'before' | 'after'>

const detailsSchema = z.looseObject({
  budget: z.number().nullish().catch(undefined),
  window: z.string().nullish().catch(undefined),
  credits: z.number().optional().catch(undefined),
  revoked: z.number().optional().catch(undefined),
  keys_ended: z.number().optional().catch(undefined),
  grace_seconds: z.number().optional().catch(undefined),
  is_new_device: z.boolean().optional().catch(undefined),
})

type Details = z.output<typeof detailsSchema>
type Describe = (act: {
  readonly before: Details
  readonly after: Details
  readonly id: string
  readonly names: ActNames
}) => string

/** Acts in a user's own words. One that is not here is told by its name. */
const words: Readonly<Record<string, Describe>> = {
  'app.connected': ({ id, after, names }) => `${names.app(id)} was connected: it may spend ${limitOf(after)}`,
  'consent.changed': ({ id, before, after, names }) =>
    limitOf(before) === limitOf(after)
      ? `What ${names.app(id)} may use was changed; it may spend ${limitOf(after)}`
      : `${names.app(id)} may spend ${limitOf(after)} (before: ${limitOf(before)})`,
  'app.disconnected': ({ id, after, names }) =>
    `${names.app(id)} was cut off: ${countOf(after.keys_ended ?? 0, 'key')} of it ended`,
  'key.created': ({ id, after, names }) => `The key ${nameOf(names.key(id))} was made: it may spend ${limitOf(after)}`,
  'key.changed': ({ id, before, after, names }) =>
    limitOf(before) === limitOf(after)
      ? `The key ${nameOf(names.key(id))} was changed`
      : `The key ${nameOf(names.key(id))} may spend ${limitOf(after)} (before: ${limitOf(before)})`,
  'key.rolled': ({ id, after, names }) =>
    `The key ${nameOf(names.key(id))} got a new secret${graceOf(after.grace_seconds ?? 0)}`,
  'key.revoked': ({ id, names }) => `The key ${nameOf(names.key(id))} was revoked`,
  'key.all_revoked': ({ after }) => `Everything was stopped: ${countOf(after.revoked ?? 0, 'key')} ended`,
  'session.opened': ({ after }) =>
    after.is_new_device === true ? 'Signed in with a browser that was not used before' : 'Signed in',
  'session.ended': () => 'Signed out',
  'passkey.added': () => 'A passkey was added',
  'passkey.removed': () => 'A passkey was removed',
  'notifications.changed': () => 'What you are told by mail was changed',
  'account.exported': () => 'All data of the account were exported',
  'app.applied_for': () => 'An app was signed up',
  'app.closed': () => 'An app was closed',
  'member.invited': () => 'Somebody was invited to an app',
  'member.joined': () => 'Became a member of an app',
  'member.role_changed': () => 'The role of a member of an app was changed',
  'member.removed': () => 'A member of an app was removed',
  'member.left': () => 'Left an app',
  'member.became_owner': () => 'An app got a new owner',
  'invitation.sent_again': () => 'An invitation to an app was sent again',
  'invitation.withdrawn': () => 'An invitation to an app was withdrawn',
  'account.deleted': () => 'The account was deleted',
  'guest.merged': () => 'The credits of a guest were added at a sign-in',
  'purchase.handed_over': () => 'A purchase made as a guest was handed over by the operator',
  'purchase.claimed': ({ after }) =>
    after.credits === undefined
      ? 'A purchase made as a guest was added'
      : `A purchase made as a guest was added: ${after.credits} credits`,
}

/** What was done, as a sentence without its full stop. */
export function describeAct(act: DescribedAct, names: ActNames): string {
  const describe = words[act.action]
  if (describe === undefined) return act.action.replace(/[._]/g, ' ')
  return describe({ before: detailsOf(act.before), after: detailsOf(act.after), id: act.target_id, names })
}

function detailsOf(json: string | null): Details {
  return json === null ? {} : detailsSchema.parse(parseJsonObject(Buffer.from(json)))
}

function nameOf(key: KeyName): string {
  return `“${key.name ?? `oc_sk_…${key.lastFour}`}”`
}

function limitOf({ budget, window }: Details): string {
  if (budget === null || budget === undefined) return 'without a limit'
  return window === 'total' || window === null || window === undefined
    ? `${budget} credits in total`
    : `${budget} credits a ${window}`
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function graceOf(seconds: number): string {
  if (seconds === 0) return '; the old one ended at once'
  return seconds < 7200
    ? `; the old one works on for ${Math.round(seconds / 60)} minutes`
    : `; the old one works on for ${Math.round(seconds / 3600)} hours`
}
