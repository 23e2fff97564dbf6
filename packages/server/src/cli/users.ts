import { Command } from '@commander-js/extra-typings'
import { clearMark, listMarkedUsers, type MarkedUser } from '../users/marked-users.ts'
import { eraseUserCommand, exportUserCommand } from './users-data.ts'
import { print, withStore } from './with-store.ts'

export function usersCommand() {
  return new Command('users')
    .description('what is kept of a user, and users whose calls cost more than was held for them')
    .addCommand(listCommand())
    .addCommand(clearMarkCommand())
    .addCommand(exportUserCommand())
    .addCommand(eraseUserCommand())
}

function listCommand() {
  return new Command('list')
    .description('list users with a mark, newest first: a call of theirs cost more than was held for it')
    .requiredOption('--marked', 'required: there is no list of all users')
    .option('--json', 'print JSON')
    .action(async (options) => {
      const users = await withStore(({ db }) => listMarkedUsers(db))
      print(
        options.json,
        users.map(describe),
        users.length === 0
          ? ['Nobody is marked.']
          : users.map((user) => {
              const { marked_at, request_id, missed_calls, above_hold, paid_by_operator } = describe(user)
              return `${user.userId}  ${user.email ?? 'guest'}  since ${marked_at} by ${request_id}: ${missed_calls} calls, ${above_hold} credits above what was held, ${paid_by_operator} paid by the operator`
            }),
      )
    })
}

function clearMarkCommand() {
  return new Command('clear-mark')
    .description('remove a user’s mark: their calls are no longer held at the full context window')
    .requiredOption('--user <id|email>', 'usr_… or an e-mail address')
    .option('--json', 'print JSON')
    .action(async (options) => {
      const cleared = await withStore(({ db, nowMs }) => clearMark(db, options.user, nowMs))
      if (cleared === null) throw new Error(`There is no user ${options.user}.`)
      const { userId, mark } = cleared
      const markedAt = mark === null ? null : new Date(mark.atMs).toISOString()
      print(
        options.json,
        { user_id: userId, cleared: mark !== null, marked_at: markedAt, request_id: mark?.requestId ?? null },
        [
          mark === null
            ? `${userId} was not marked. Nothing has changed.`
            : `${userId} is not marked any more; marked since ${markedAt} by ${mark.requestId}. Takes effect within two seconds.`,
        ],
      )
    })
}

function describe(user: MarkedUser) {
  return {
    user_id: user.userId,
    email: user.email,
    marked_at: new Date(user.markedAtMs).toISOString(),
    request_id: user.requestId,
    missed_calls: user.missedCalls,
    above_hold: user.missedCredits,
    paid_by_operator: user.paidByOperatorCredits,
  }
}
