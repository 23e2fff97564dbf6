import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { promisify } from 'node:util'

export interface PinnedProcess {
  readonly child: ChildProcess
  /** CPU seconds used so far. */
  cpuSeconds(): number
  residentMegabytes(): number
  /** Stands still while another is measured, and goes on. */
  pause(): void
  resume(): void
  stop(): Promise<void>
}

const canPin = cpus().length > 1 && existsSync('/usr/bin/taskset')

/** On one core what is measured, on the other the upstream and the load: neither takes the other's time. */
export type Core = 'measured' | 'other'

function pinned(core: Core, command: readonly string[]): readonly string[] {
  return canPin ? ['taskset', '-c', core === 'measured' ? '0' : '1', ...command] : command
}

export function startPinned(
  core: Core,
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
  cwd: string,
): PinnedProcess {
  const [file = '', ...args] = pinned(core, command)
  const child = spawn(file, args, { cwd, env: environment, stdio: ['ignore', 'ignore', 'inherit'] })
  return {
    child,
    cpuSeconds() {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ')
      return (Number(fields[11]) + Number(fields[12])) / 100
    },
    residentMegabytes() {
      const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? []
      return Number(kilobytes) / 1024
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    stop: () =>
      new Promise((done) => {
        if (child.exitCode !== null) return done()
        child.once('exit', () => done())
        child.kill('SIGCONT')
        child.kill('SIGTERM')
        setTimeout(() => child.kill('SIGKILL'), 5000).unref()
      }),
  }
}

/** Runs a program to its end on the other core, and reads the JSON that it prints. */
export async function runPinned(command: readonly string[], cwd: string): Promise<Record<string, unknown>> {
  const [file = '', ...args] = pinned('other', command)
  const { stdout } = await promisify(execFile)(file, args, { cwd, maxBuffer: 1 << 26 })
  return JSON.parse(stdout)
}

export async function untilListening(port: number): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const isThere = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(2000) }).then(
      ({ status }) => status !== 503,
      () => false,
    )
    if (isThere) return
    await new Promise((wait) => setTimeout(wait, 100))
  }
  throw new Error(`nothing listens on ${port}`)
}

export function machine(): string {
  const [cpu] = cpus()
  const kernel = execFileSync('uname', ['-sr'], { encoding: 'utf8' }).trim()
  return `${cpus().length} × ${cpu?.model ?? 'unknown'}, ${kernel}, Node ${process.version}${canPin ? ', gateway and load on a core each' : ', not pinned'}`
}
