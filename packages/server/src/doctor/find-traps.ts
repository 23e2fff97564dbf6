import { isUnencrypted, readAddress } from './address.ts'
import { isSendable, kindOfCredential, masked } from './credential.ts'
import { customHeaders, passThroughKey, sentCredentials } from './sent-credentials.ts'
import type { Setup, Variable } from './setup.ts'

export interface Trap {
  /** Stable, for scripts. */
  readonly code: string
  /** The variable that is wrong, where it is one. */
  readonly variable?: string
  readonly message: string
}

type Check = (setup: Setup) => readonly Trap[]

/** What is known to go wrong, one check each (docs/clients/claude-code.md tells the stories). */
const checks: readonly Check[] = [
  (setup) =>
    setup.has('ANTHROPIC_API_KEY') && setup.has('ANTHROPIC_AUTH_TOKEN')
      ? trap(
          'two_credentials',
          'ANTHROPIC_API_KEY',
          'ANTHROPIC_API_KEY and ANTHROPIC_AUTH_TOKEN are both set, and Claude Code sends both. Unset one.',
        )
      : [],
  (setup) =>
    urlOf(setup, 'ANTHROPIC_BASE_URL', (path) =>
      /\/v1(\/|$)/.test(path)
        ? 'has a /v1, which Claude Code and Anthropic’s SDKs add themselves. End it before that.'
        : null,
    ),
  (setup) =>
    urlOf(setup, 'OPENAI_BASE_URL', (path) =>
      /\/v1\/?$/.test(path) ? null : 'does not end in /v1, where OpenAI’s clients begin. End it there.',
    ),
  (setup) => keys(setup).flatMap(mangled),
  (setup) => keys(setup).flatMap(unfit),
  (setup) => headerTraps(setup),
  (setup) =>
    ['CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX'].flatMap((name) =>
      setup.has(name) && setup.has('ANTHROPIC_BASE_URL')
        ? trap('other_cloud', name, `${name} is set: Claude Code ignores ANTHROPIC_BASE_URL then. Unset it.`)
        : [],
    ),
]

export function findTraps(setup: Setup): readonly Trap[] {
  return checks.flatMap((check) => check(setup))
}

function trap(code: string, variable: string, message: string): readonly Trap[] {
  return [{ code, variable, message }]
}

function urlOf(setup: Setup, name: string, judge: (path: string) => string | null): readonly Trap[] {
  const variable = setup.get(name)
  if (variable === undefined) return []
  const at = `${name} (from ${variable.from})`
  const address = readAddress(variable.value)
  if (address === null)
    return trap('bad_base_url', name, `${at} is no URL. Expected one such as https://credits.example.`)
  if (address.isOthers) return []
  const problem = judge(address.path)
  return [
    ...(problem === null ? [] : trap('base_url_path', name, `${at} ${problem}`)),
    ...(isUnencrypted(address)
      ? trap('unencrypted', name, `${at} is http: the key crosses the network unencrypted. Use https.`)
      : []),
  ]
}

/** Every place that holds a key, the custom headers too. */
function keys(setup: Setup): readonly Variable[] {
  const header = passThroughKey(setup)
  return [
    ...sentCredentials(setup),
    ...[setup.get('OPENAI_API_KEY')].filter((variable) => variable !== undefined),
    ...(header === null ? [] : [header]),
  ]
}

/** Copied with something that does not belong to it. */
function mangled({ name, value, from }: Variable): readonly Trap[] {
  const at = `${name} (from ${from})`
  const key = value.trim()
  if (/^bearer\s/i.test(key))
    return trap('bearer_in_key', name, `${at} begins with "Bearer", which the client adds itself. Leave the word out.`)
  if (/^"[\s\S]*"$|^'[\s\S]*'$/.test(key))
    return trap('quoted_key', name, `${at} has quotation marks around it. Remove them.`)
  if (/\s/.test(value))
    return trap('white_space', name, `${at} has white space in it: a line break that was copied along?`)
  return isSendable(key)
    ? []
    : trap('unsendable_key', name, `${at} has signs in it that no header can carry: an example that was copied whole?`)
}

function unfit({ name, value, from }: Variable): readonly Trap[] {
  const kind = kindOfCredential(value)
  const shown = `${name} (${masked(value)}, from ${from})`
  if (kind === 'mistyped key') return trap('mistyped_key', name, `${shown} is mistyped: its checksum does not fit.`)
  if (kind === 'publishable key' || kind === 'server key')
    return trap('wrong_kind_of_key', name, `${shown} is a ${kind}; it cannot pay. A user key begins with oc_sk_.`)
  return (name === 'x-opencredits-key' || name.endsWith('x-user-key')) && kind === 'credential of another service'
    ? trap('foreign_key', name, `${shown} is a key of another service; a user key (oc_sk_…) belongs there.`)
    : []
}

const headersForKeys = ['x-opencredits-key', 'x-user-key', 'authorization', 'x-api-key']

function headerTraps(setup: Setup): readonly Trap[] {
  const variable = setup.get('ANTHROPIC_CUSTOM_HEADERS')
  if (variable === undefined) return []
  const names = [...customHeaders(setup).keys()]
  const isLost = /oc_sk_/.test(variable.value) && !headersForKeys.some((name) => names.includes(name))
  return isLost
    ? trap(
        'malformed_header',
        variable.name,
        `${variable.name} (from ${variable.from}) holds a key, but not as "x-opencredits-key: Bearer oc_sk_…".`,
      )
    : []
}
