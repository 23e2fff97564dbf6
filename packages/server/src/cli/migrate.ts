import { Command } from '@commander-js/extra-typings'
import { loadConfig } from '../config.ts'
import { migrateToLatest } from '../store/migrate.ts'
import { openDatabase } from '../store/open-database.ts'
import { print } from './with-store.ts'

export function migrateCommand() {
  return new Command('migrate')
    .description('bring the store to the newest schema (serve does this by itself)')
    .option('--json', 'print JSON')
    .action(async (options) => {
      const { database } = loadConfig()
      const db = openDatabase(database, { isPatient: true })
      const migrations = await migrateToLatest(db, database.engine).finally(() => db.destroy())
      print(
        options.json,
        { migrations },
        migrations.length === 0 ? ['The schema is the newest already.'] : migrations.map((name) => `ran ${name}`),
      )
    })
}
