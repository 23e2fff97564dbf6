#!/usr/bin/env node
import { Command } from '@commander-js/extra-typings'
import { ConfigError } from '../config.ts'
import { backupCommand } from './backup.ts'
import { creditsCommand } from './credits.ts'
import { doctorCommand } from './doctor.ts'
import { ledgerCommand } from './ledger.ts'
import { migrateCommand } from './migrate.ts'
import { partnerCommand } from './partner.ts'
import { serveCommand } from './serve.ts'
import { usersCommand } from './users.ts'

const program = new Command('opencredits')
  .description('Sell AI credits inside apps, spend them on AI calls, pay the apps’ makers.')
  .showHelpAfterError()
  .addCommand(serveCommand())
  .addCommand(migrateCommand())
  .addCommand(partnerCommand())
  .addCommand(creditsCommand())
  .addCommand(usersCommand())
  .addCommand(ledgerCommand())
  .addCommand(backupCommand())
  .addCommand(doctorCommand())

try {
  await program.parseAsync()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = error instanceof ConfigError ? 1 : 2
}
