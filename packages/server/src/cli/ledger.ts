import { Command } from '@commander-js/extra-typings'
import { verifyBooks } from '../audit/verify-books.ts'
import { print, withStore } from './with-store.ts'

export function ledgerCommand() {
  return new Command('ledger').description('prove the books').addCommand(verifyCommand())
}

function verifyCommand() {
  return new Command('verify')
    .description('recompute every balance from the transfers; exit 1 when anything differs')
    .option('--json', 'print JSON')
    .action(async (options) => {
      // One snapshot, so that calls which are answered meanwhile do not look like differences.
      const report = await withStore(({ db, engine }) => {
        const reading = db.transaction().setAccessMode('read only')
        const snapshot = engine === 'postgres' ? reading.setIsolationLevel('repeatable read') : reading
        return snapshot.execute((transaction) => verifyBooks(transaction))
      })
      print(options.json, report, [
        `${report.transfers} transfers, ${report.wallets} wallets, ${report.openHolds} open holds`,
        ...report.differences.map((one) => `${one.kind} ${one.id}: expected ${one.expected}, is ${one.actual}`),
        report.ok ? 'The books are right.' : `${report.differences.length} differences.`,
      ])
      if (!report.ok) process.exitCode = 1
    })
}
