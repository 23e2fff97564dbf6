import { spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export interface CliRun {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A home and a working directory that nobody has used, with one file in it. */
export function makeHome(): { readonly home: string; readonly file: string } {
  const home = mkdtempSync(join(tmpdir(), 'opencredits-client-'))
  const file = join(home, 'example')
  writeFileSync(file, 'The password is swordfish.\n')
  return { home, file }
}

/** Runs a command-line client as npm installed it, with nothing of this machine's environment but the path. */
export function runCli(
  name: string,
  args: readonly string[],
  options: { readonly home: string; readonly environment: Readonly<Record<string, string>> },
): Promise<CliRun> {
  const child = spawn(resolve(import.meta.dirname, '../node_modules/.bin', name), args, {
    cwd: options.home,
    env: { PATH: process.env.PATH ?? '', HOME: options.home, TERM: 'dumb', ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 90_000,
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (part: Buffer) => {
    stdout += part.toString('utf8')
  })
  child.stderr.on('data', (part: Buffer) => {
    stderr += part.toString('utf8')
  })
  return new Promise((done, failed) => {
    child.on('error', failed)
    child.on('close', (code) => done({ code, stdout, stderr }))
  })
}
