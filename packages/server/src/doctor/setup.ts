import { kindOfSecret, lastFourOf } from '../keys/key-format.ts'

/** A variable and where it was found: a settings file of Claude Code's overrides the environment. */
export interface Variable {
  readonly name: string
  readonly value: string
  readonly from: string
}

/** What a client would start with on this machine. */
export type Setup = ReadonlyMap<string, Variable>

export interface SettingsFile {
  readonly path: string
  /** Its text, or null where there is none. */
  readonly text: string | null
}

const names = [
  ...['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_BASE_URL', 'ANTHROPIC_CUSTOM_HEADERS'],
  ...['OPENAI_API_KEY', 'OPENAI_BASE_URL', 'CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX'],
]

/**
 * The variables that decide where calls go and who pays.
 * @param files Claude Code's settings, the ones that count most last. One that is no JSON is told, not read.
 */
export function readSetup(
  environment: Readonly<Record<string, string | undefined>>,
  files: readonly SettingsFile[],
): { readonly setup: Setup; readonly unreadable: readonly string[]; readonly overridden: readonly string[] } {
  const setup = new Map<string, Variable>()
  const unreadable: string[] = []
  const overridden: string[] = []
  for (const name of names) {
    const value = environment[name]
    if (value !== undefined && value !== '') setup.set(name, { name, value, from: 'the environment' })
  }
  for (const { path, text } of files) {
    if (text === null) continue
    const env = envOf(text)
    if (env === null) unreadable.push(path)
    for (const [name, value] of Object.entries(env ?? {})) {
      if (!names.includes(name) || typeof value !== 'string' || value === '') continue
      const before = setup.get(name)
      if (before !== undefined && before.value !== value) overridden.push(`${name}: ${path} overrides ${before.from}`)
      setup.set(name, { name, value, from: path })
    }
  }
  return { setup, unreadable, overridden }
}

function envOf(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const settings: unknown = JSON.parse(text)
    if (typeof settings !== 'object' || settings === null) return null
    const env: unknown = Reflect.get(settings, 'env')
    return typeof env === 'object' && env !== null ? (env as Record<string, unknown>) : {}
  } catch {
    return null
  }
}

/** The headers that `ANTHROPIC_CUSTOM_HEADERS` adds, one a line, by lower-case name. */
export function customHeaders(setup: Setup): ReadonlyMap<string, string> {
  const lines = (setup.get('ANTHROPIC_CUSTOM_HEADERS')?.value ?? '').split(/\r?\n/)
  return new Map(
    lines.flatMap((line) => {
      const [, name, value] = /^\s*([\w-]+)\s*:(.*)$/.exec(line) ?? []
      return name === undefined || value === undefined ? [] : [[name.toLowerCase(), value.trim()] as const]
    }),
  )
}

export function withoutBearer(value: string): string {
  return value.replace(/^bearer\s+/i, '').trim()
}

export type CredentialKind =
  | 'user key'
  | 'mistyped key'
  | 'publishable key'
  | 'server key'
  | 'credential of another service'

export function kindOfCredential(value: string): CredentialKind {
  const key = withoutBearer(value)
  if (!key.startsWith('oc_')) return 'credential of another service'
  const kind = kindOfSecret(key)
  return kind === 'sk' ? 'user key' : kind === 'pk' ? 'publishable key' : kind === 'rk' ? 'server key' : 'mistyped key'
}

/** As much of a secret as may be shown. */
export function masked(value: string): string {
  const key = withoutBearer(value)
  const [prefix = ''] = /^(oc_(?:sk|pk|rk)_|sk-ant-|sk-proj-|sk-|xai-|AIza)?/.exec(key) ?? []
  return key.length < 16 ? '…' : `${prefix}…${lastFourOf(key)}`
}
