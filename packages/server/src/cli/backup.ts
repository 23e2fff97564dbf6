import { statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Command } from '@commander-js/extra-typings'
import { verifyBooks } from '../audit/verify-books.ts'
import { loadConfig } from '../config.ts'
import { copySqlite } from '../store/copy-sqlite.ts'
import { print } from './with-store.ts'

export function backupCommand() {
  return new Command('backup')
    .description('copy the SQLite store while servers run, and prove the copy; exit 1 when its books are not right')
    .requiredOption('--to <file>', 'where the copy goes; it must not exist')
    .option('--json', 'print JSON')
    .action(async (options) => {
      const { database, keyPepper, files } = loadConfig()
      if (database.engine !== 'sqlite' || database.location === ':memory:') throw new Error(notSqlite)
      const file = resolve(options.to)
      const report = await copySqlite(database.location, file, verifyBooks)
      const { differences } = report
      const pepperFile = keyPepper === null ? join(dirname(database.location), 'key-pepper') : null
      const filesFolder = files.address.kind === 'folder' ? files.address.path : null
      const beside = { pepper_file: pepperFile, files_folder: filesFolder }
      print(options.json, { file, bytes: statSync(file).size, ...beside, ...report }, [
        `${file}: ${statSync(file).size} bytes, ${report.transfers} transfers, ${report.wallets} wallets`,
        ...differences.map((one) => `${one.kind} ${one.id}: expected ${one.expected}, is ${one.actual}`),
        report.ok
          ? 'The copy is whole and its books are right.'
          : `The copy is whole; ${differences.length} differences.`,
        pepperFile === null
          ? 'KEY_PEPPER is not in it; without the pepper no key works: keep it elsewhere.'
          : `${pepperFile} is not in it; without the pepper no key works: keep a copy of it elsewhere.`,
        ...(filesFolder === null ? [] : [`${filesFolder} has clients’ files, which are not in it: copy it now, too.`]),
      ])
      if (!report.ok) process.exitCode = 1
    })
}

const notSqlite =
  'backup copies a SQLite file. On PostgreSQL use its own tool, which takes one snapshot while servers run:\n' +
  '  pg_dump --format=custom --file=opencredits.dump "$DATABASE_URL"\n' +
  'and restore with pg_restore; see docs/operations/deployment.md.'
