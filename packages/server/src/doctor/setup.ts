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
  ...['OPENAI_API_KEY', 'OPENAI_BASE_URL'],
  ...['CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX', 'CLAUDE_CODE_OAUTH_TOKEN'],
]

/** Claude Code's settings are its own: no OpenAI client reads them. */
const namesInFiles = names.filter((name) => !name.startsWith('OPENAI_'))

/** A script of the user's that prints the key. It stands in the settings beside `env`; it is never run here. */
export const keyHelper = 'apiKeyHelper'

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
    const settings = valuesOf(text)
    if (settings === null) unreadable.push(path)
    for (const [name, value] of settings ?? []) {
      const before = setup.get(name)
      if (before !== undefined && before.value !== value) overridden.push(`${name}: ${path} overrides ${before.from}`)
      // An empty one counts as not set, and hides what was set before.
      if (value === '') setup.delete(name)
      else setup.set(name, { name, value, from: path })
    }
  }
  return { setup, unreadable, overridden }
}

function valuesOf(text: string): readonly (readonly [string, string])[] | null {
  const settings = parseObject(text)
  if (settings === null) return null
  const { env, [keyHelper]: helper } = settings
  return [
    ...(isObject(env) ? namesInFiles.map((name) => [name, env[name]] as const) : []),
    [keyHelper, helper] as const,
  ].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : []))
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
