import { Command, InvalidArgumentError } from '@commander-js/extra-typings'
import { type Decision, decideApp, pastOf } from '../members/decide-app.ts'
import { writeShare } from '../partners/save-partner.ts'
import { transact } from '../store/transact.ts'
import { readRate } from './partner-options.ts'
import { requirePartner } from './require-partner.ts'
import { type CommandStore, print, withStore } from './with-store.ts'

/** What waits for the operator. */
export function applicationsCommand() {
  return new Command('applications')
    .description('apps that wait for approval, the oldest first')
    .option('--json', 'print JSON')
    .action(async ({ json }) => {
      const applications = await withStore(listApplications)
      print(
        json,
        applications,
        applications.length === 0
          ? ['No app waits for approval.']
          : applications.flatMap((one) => [
              `${one.id}  ${one.name}`,
              `  applied    ${one.applied_at} by ${one.email}`,
              `  website    ${one.website}`,
              `  origins    ${one.origins.join(', ') || 'none'}`,
              `  for        ${one.description}`,
            ]),
      )
    })
}

async function listApplications({ db }: CommandStore) {
  const rows = await db
    .selectFrom('partners')
    .selectAll()
    .where('state', '=', 'pending')
    .where('livemode', '=', 1)
    .orderBy('created_at_ms')
    .execute()
  return Promise.all(
    rows.map(async ({ id, name, email, website, description, created_at_ms: appliedAtMs }) => {
      const origins = await db
        .selectFrom('partner_origins')
        .select('origin')
        .where('partner_id', '=', id)
        .orderBy('origin')
        .execute()
      const said = { id, name, email, website, description, origins: origins.map(({ origin }) => origin) }
      return { ...said, applied_at: new Date(appliedAtMs).toISOString() }
    }),
  )
}

export function approveCommand() {
  return new Command('approve')
    .description('let an app that was applied for go live; its owner gets a mail')
    .argument('<id>', 'par_…')
    .option('--referral-rate <rate>', 'its share on top of provider cost; default PARTNER_REFERRAL_RATE', readRate)
    .option('--reason <text>', 'for the owner, in the mail and the console', readReason)
    .option('--json', 'print JSON')
    .action(async (id, { referralRate, reason, json }) => {
      await decide(id, { decision: 'approve', reason, shareBasisPoints: referralRate, json })
    })
}

/** Rejections and suspensions are explained: the owner reads the reason. */
export function decisionCommand(decision: Exclude<Decision, 'approve'>) {
  const descriptions = {
    reject: 'refuse an app that was applied for; its owner gets a mail',
    suspend: 'switch an app off: it sells nothing and its keys make no calls; its users keep their credits',
    resume: 'switch a suspended or closed app on again',
  }
  const command = new Command(decision).description(descriptions[decision]).argument('<id>', 'par_…')
  const reasonText = 'for the owner, in the mail and the console; name no other person'
  const withReason =
    decision === 'resume'
      ? command.option('--reason <text>', reasonText, readReason)
      : command.requiredOption('--reason <text>', reasonText, readReason)
  return withReason
    .option('--json', 'print JSON')
    .action(async (id, { reason, json }) => decide(id, { decision, reason, json }))
}

interface DecisionOptions {
  readonly decision: Decision
  readonly reason: string | undefined
  readonly shareBasisPoints?: number | undefined
  readonly json: true | undefined
}

async function decide(id: string, { decision, reason, shareBasisPoints, json }: DecisionOptions): Promise<void> {
  const state = await withStore(async (store) => {
    const { id: appId } = await requirePartner(store, id)
    return transact(store.db, async (transaction) => {
      if (shareBasisPoints !== undefined) await writeShare(transaction, { ...store, appId, shareBasisPoints })
      return decideApp(transaction, { appId, decision, reason: reason ?? null }, store.nowMs)
    })
  })
  print(json, { id, state }, [
    `${id} is ${pastOf[decision]}. Servers follow within two seconds; its owner gets a mail.`,
  ])
}

function readReason(text: string): string {
  const reason = text.trim()
  if (reason === '' || reason.length > 500) throw new InvalidArgumentError('Expected 1 to 500 characters.')
  return reason
}
