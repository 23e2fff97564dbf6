import { Command, InvalidArgumentError } from '@commander-js/extra-typings'
import { readEarnings } from '../partners/read-earnings.ts'
import { requirePartner, testOption } from './require-partner.ts'
import { print, withStore } from './with-store.ts'

export function earningsCommand() {
  return new Command('earnings')
    .description('what an app has earned, by the ledger, and the newest calls that it earned it with')
    .argument('<id>', 'par_…')
    .option('--calls <number>', 'how many calls to list, 0 to 1000', readCount, 20)
    .option(...testOption)
    .option('--json', 'print JSON')
    .action(async (id, options) => {
      const earnings = await withStore(async (store) =>
        readEarnings(store.db, await requirePartner(store, id, options), options.calls),
      )
      print(options.json, earnings, [
        `${earnings.earned} credits earned, at ${earnings.referral_rate * 100} % of provider cost`,
        ...earnings.calls.map((call) => `${call.ended_at}  ${call.request_id}  ${call.model}  ${call.charge} credits`),
      ])
    })
}

function readCount(text: string): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 0 || count > 1000)
    throw new InvalidArgumentError('Expected a whole number from 0 to 1000.')
  return count
}
