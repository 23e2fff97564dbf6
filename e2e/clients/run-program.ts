import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { onTestFinished } from 'vitest'

export interface ProgramRun {
  readonly exitCode: number | null
  readonly output: string
  readonly errors: string
  readonly durationMs: number
}

/** A folder to work in and a home that nobody has used; gone after the test. */
export interface Desk {
  readonly work: string
  readonly home: string
}

export function makeDesk(files: Readonly<Record<string, string>> = {}): Desk {
  const folder = mkdtempSync(join(tmpdir(), 'opencredits-desk-'))
  const [work, home] = [join(folder, 'work'), join(folder, 'home')]
  for (const one of [work, home]) mkdirSync(one)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(work, name), text)
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
  return { work, home }
}

/** Runs an installed command line in a clean environment: only what is given here, and no configuration of whoever tests. */
export async function runProgram(
  name: string,
  args: readonly string[],
  {
    desk,
    environment,
    timeoutMs = 60_000,
  }: { readonly desk: Desk; readonly environment: Readonly<Record<string, string>>; readonly timeoutMs?: number },
): Promise<ProgramRun> {
  const startedAtMs = performance.now()
  const program = resolve(import.meta.dirname, '../node_modules/.bin', name)
  const child = spawn(program, args, {
    cwd: desk.work,
    env: { PATH: process.env.PATH ?? '', HOME: desk.home, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  })
  let [output, errors] = ['', '']
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString()
  })
  child.stderr.on('data', (data: Buffer) => {
    errors += data.toString()
  })
  const exitCode = await new Promise<number | null>((ended, failed) => {
    child.once('error', failed)
    child.once('close', ended)
  })
  return { exitCode, output, errors, durationMs: performance.now() - startedAtMs }
}
