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
      const config = loadConfig()
      const db = openDatabase(config.database)
      try {
        const migrations = await migrateToLatest(db, config.database.engine)
        print(
          options.json,
          { migrations },
          migrations.length === 0 ? ['The schema is the newest already.'] : migrations.map((name) => `ran ${name}`),
        )
      } finally {
        await db.destroy()
      }
    })
}
