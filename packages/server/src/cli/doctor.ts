import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { Command } from '@commander-js/extra-typings'
import { processEnvironment } from '../config.ts'
import { askServer } from '../doctor/ask-server.ts'
import { chooseRoute } from '../doctor/choose-route.ts'
import { findTraps } from '../doctor/find-traps.ts'
import { readSetup, type SettingsFile } from '../doctor/setup.ts'
import { print } from './with-store.ts'

export function doctorCommand() {
  return new Command('doctor')
    .description(
      'say who would pay for Claude Code’s calls from here, and find what is set wrongly; exit 1 when something is',
    )
    .option('--json', 'print JSON')
    .option('--offline', 'do not ask the server')
    .action(async (options) => {
      const { setup, unreadable, overridden } = readSetup(processEnvironment(), settingsFiles())
      const route = chooseRoute(setup)
      const server = route.server === null || options.offline === true ? null : await askServer(route.server, setup)
      const traps = [
        ...unreadable.map((path) => ({
          code: 'unreadable_settings',
          message: `${path} is no JSON; Claude Code ignores it.`,
        })),
        ...findTraps(setup),
        ...(server?.traps ?? []),
      ]
      print(options.json, { ...route, overridden, serverReport: server, traps, ok: traps.length === 0 }, [
        `Claude Code’s calls go to ${route.server ?? 'Anthropic itself'}; paid by ${route.paidBy}.`,
        route.reason,
        ...overridden,
        ...(server?.balance === null || server === null ? [] : [`The key is good: ${server.balance} credits.`]),
        ...(server?.reason === null || server === null ? [] : [`The server says: ${server.reason}`]),
        ...traps.map(({ code, message }) => `✗ ${code}: ${message}`),
        traps.length === 0 ? 'Nothing is wrong.' : `${traps.length} to mend.`,
      ])
      if (traps.length > 0) process.exitCode = 1
    })
}

/** Claude Code's settings, the ones that count most last. */
function settingsFiles(): readonly SettingsFile[] {
  const here = join(process.cwd(), '.claude')
  return [
    join(homedir(), '.claude', 'settings.json'),
    join(here, 'settings.json'),
    join(here, 'settings.local.json'),
  ].map((path) => ({ path, text: readIfThere(path) }))
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
