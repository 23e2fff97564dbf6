import { existsSync, readFileSync } from 'node:fs'
import { homedir, platform } from 'node:os'
import { join } from 'node:path'
import { Command } from '@commander-js/extra-typings'
import { processEnvironment } from '../config.ts'
import type { HasLogin } from '../doctor/choose-route.ts'
import { type Examined, examine } from '../doctor/examine.ts'
import { readSetup, type SettingsFile } from '../doctor/setup.ts'
import { print } from './with-store.ts'

type Environment = Readonly<Record<string, string | undefined>>

export function doctorCommand() {
  return new Command('doctor')
    .description(
      'say who would pay for the calls of Claude Code and of OpenAI’s clients from here, and find what is set wrongly; exit 1 when something is',
    )
    .option('--json', 'print JSON')
    .option('--offline', 'do not ask the server')
    .option('--project <folder>', 'whose .claude/settings.json counts; default: where the command was typed')
    .action(async (options) => {
      const environment = processEnvironment()
      const project = options.project ?? environment.INIT_CWD ?? process.cwd()
      const { setup, unreadable, overridden } = readSetup(environment, settingsFiles(environment, project))
      const hasLogin = setup.has('CLAUDE_CODE_OAUTH_TOKEN') ? true : findLogin(environment)
      const {
        claudeCode,
        openai,
        traps: found,
      } = await examine(setup, hasLogin, options.offline === true ? null : fetch)
      const traps = [
        ...unreadable.map((path) => ({
          code: 'unreadable_settings',
          message: `${path} is no JSON object; Claude Code ignores it.`,
        })),
        ...found,
      ]
      print(options.json, { ...claudeCode, openai, overridden, traps, ok: traps.length === 0 }, [
        ...linesOf('Claude Code', claudeCode),
        ...(openai === null ? [] : linesOf('OpenAI’s clients', openai)),
        ...overridden,
        ...traps.map(({ code, message }) => `✗ ${code}: ${message}`),
        traps.length === 0 ? 'Nothing is wrong.' : `${traps.length} to mend.`,
      ])
      if (traps.length > 0) process.exitCode = 1
    })
}

function linesOf(client: string, { paidBy, server, reason, serverReport }: Examined): readonly string[] {
  return [
    `${client}: paid by ${paidBy}${server === null ? '' : `, through ${server}`}.`,
    `  ${reason}`,
    ...(typeof serverReport?.balance === 'number' ? [`  The key is good: ${serverReport.balance} credits.`] : []),
    ...(typeof serverReport?.reason === 'string' ? [`  The server says: ${serverReport.reason}`] : []),
  ]
}

/** Claude Code's settings, the ones that count most last. */
function settingsFiles(environment: Environment, project: string): readonly SettingsFile[] {
  return [
    join(claudeFolder(environment), 'settings.json'),
    join(project, '.claude', 'settings.json'),
    join(project, '.claude', 'settings.local.json'),
    platform() === 'darwin'
      ? '/Library/Application Support/ClaudeCode/managed-settings.json'
      : '/etc/claude-code/managed-settings.json',
  ].map((path) => ({ path, text: readIfThere(path) }))
}

/** Only whether there is one; its file is not read. On a Mac it is in the keychain. */
function findLogin(environment: Environment): HasLogin {
  if (existsSync(join(claudeFolder(environment), '.credentials.json'))) return true
  return platform() === 'darwin' ? null : false
}

function claudeFolder(environment: Environment): string {
  return environment.CLAUDE_CONFIG_DIR ?? join(homedir(), '.claude')
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
