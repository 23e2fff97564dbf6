import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** One server of an installation, and what was done to it. */
export interface ServerProcess {
  readonly name: string
  readonly url: string
  readonly isUp: boolean
  readonly processId: number | null
  /** When something happened after which another server may have resolved this one's holds. */
  readonly lostAtMs: readonly number[]
  /** Tries until it listens: its store may be away or full at the moment. */
  start(): Promise<void>
  kill(signal: NodeJS.Signals): Promise<void>
  /** Stands still for so long, as a process does whose machine is suspended. */
  suspend(forMs: number): Promise<void>
  /** Something was done to its store that amounts to that. */
  noteLoss(): void
  /** It ended though nobody had ended it: what it said last. */
  readonly crashes: readonly string[]
  /** Lines of its log that report an error, oldest first. */
  readonly errors: readonly string[]
}

export const repositoryRoot = resolve(import.meta.dirname, '../..')
const nodePath = join(repositoryRoot, 'node_modules/.bin/node')
const startPatienceMs = 40_000
const startTimeoutMs = 20_000
const errorLine = /"level":"?(50|60|error|fatal)/
const errorsMax = 50

export interface ServerOptions {
  readonly name: string
  readonly port: number
  readonly environment: Readonly<Record<string, string>>
  /** Where the server's source is: this tree, or a mutant's copy of it. */
  readonly sourceRoot: string
}

export function createServerProcess({ name, port, environment, sourceRoot }: ServerOptions): ServerProcess {
  const lostAtMs: number[] = []
  let child: ChildProcess | null = null
  let output = ''
  const isUp = () => child !== null && child.exitCode === null && child.signalCode === null
  const noteLoss = () => void lostAtMs.push(Date.now())
  const crashes: string[] = []
  const errors: string[] = []
  let isEndingOnPurpose = false
  let starting: Promise<void> | null = null
  const launch = async (): Promise<boolean> => {
    const launched = spawn(nodePath, [cliOf(sourceRoot), 'serve'], {
      cwd: sourceRoot,
      env: { ...environment, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    // Nothing of ours outlives the harness, however that ends.
    const killAtExit = () => void launched.kill('SIGKILL')
    process.once('exit', killAtExit)
    launched.once('exit', () => process.off('exit', killAtExit))
    const keep = (data: Buffer) => {
      output = (output + data.toString()).slice(-200_000)
      errors.push(
        ...data
          .toString()
          .split('\n')
          .filter((line) => errorLine.test(line)),
      )
      errors.splice(0, errors.length - errorsMax)
    }
    launched.stdout?.on('data', keep)
    launched.stderr?.on('data', keep)
    const isListening = await new Promise<boolean>((listening) => {
      launched.once('message', () => listening(true))
      launched.once('exit', () => listening(false))
      setTimeout(() => listening(false), startTimeoutMs).unref()
    })
    if (!isListening) {
      launched.kill('SIGKILL')
      return false
    }
    child = launched
    isEndingOnPurpose = false
    launched.once('exit', (code, signal) => {
      if (!isEndingOnPurpose) crashes.push(`${name} ended with ${code ?? signal}: ${output.slice(-1500)}`)
    })
    return true
  }
  const startUntilUp = async (): Promise<void> => {
    for (const deadlineMs = Date.now() + startPatienceMs; !isUp(); ) {
      if (await launch()) return
      if (Date.now() > deadlineMs) throw new Error(`${name} does not start: ${output.slice(-500)}`)
      await wait(250)
    }
  }
  return {
    name,
    url: `http://127.0.0.1:${port}`,
    get isUp() {
      return isUp()
    },
    get processId() {
      return child?.pid ?? null
    },
    lostAtMs,
    crashes,
    errors,
    noteLoss,
    start() {
      starting ??= startUntilUp().finally(() => {
        starting = null
      })
      return starting
    },
    async kill(signal) {
      if (child === null || !isUp()) return
      noteLoss()
      isEndingOnPurpose = true
      const exited = new Promise((done) => child?.once('exit', done))
      // A process that stands still takes no other signal.
      child.kill('SIGCONT')
      child.kill(signal)
      await exited
      noteLoss()
    },
    async suspend(forMs) {
      if (child === null || !isUp()) return
      const suspended = child
      noteLoss()
      suspended.kill('SIGSTOP')
      await wait(forMs)
      suspended.kill('SIGCONT')
      noteLoss()
    },
  }
}

/** Runs the command line on the same store. @returns what it printed, whatever its exit code. */
export function runCommand(
  sourceRoot: string,
  environment: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<string> {
  return new Promise((done, failed) => {
    const options = { cwd: sourceRoot, env: { ...environment }, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 } as const
    execFile(nodePath, [cliOf(sourceRoot), ...args], options, (error, stdout, stderr) => {
      if (stdout !== '') done(stdout)
      else failed(error ?? new Error(`${args.join(' ')} printed nothing: ${stderr}`))
    })
  })
}

function cliOf(sourceRoot: string): string {
  const path = join(sourceRoot, 'packages/server/src/cli/opencredits.ts')
  if (!existsSync(path)) throw new Error(`there is no server at ${path}`)
  return path
}
