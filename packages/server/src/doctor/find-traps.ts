import { customHeaders, kindOfCredential, masked, type Setup, type Variable } from './setup.ts'

export interface Trap {
  /** Stable, for scripts. */
  readonly code: string
  readonly message: string
}

type Check = (setup: Setup) => readonly Trap[]

/** What is known to go wrong, one check each (docs/clients/claude-code.md tells the stories). */
const checks: readonly Check[] = [
  (setup) =>
    setup.has('ANTHROPIC_API_KEY') && setup.has('ANTHROPIC_AUTH_TOKEN')
      ? trap(
          'two_credentials',
          'ANTHROPIC_API_KEY and ANTHROPIC_AUTH_TOKEN are both set, and Claude Code sends both. Unset one.',
        )
      : [],
  (setup) =>
    urlOf(setup, 'ANTHROPIC_BASE_URL', (path) =>
      /\/v1\/?$/.test(path) ? 'ends in /v1, which Anthropic’s clients add themselves. Leave it off.' : null,
    ),
  (setup) =>
    urlOf(setup, 'OPENAI_BASE_URL', (path) =>
      /\/v1\/?$/.test(path) ? null : 'does not end in /v1, which OpenAI’s clients do not add. Append it.',
    ),
  (setup) => ['ANTHROPIC_BASE_URL', 'OPENAI_BASE_URL'].flatMap((name) => insecure(setup.get(name))),
  (setup) => secrets(setup).flatMap(whiteSpace),
  (setup) => secrets(setup).flatMap(unfit),
  (setup) => {
    const key = customHeaders(setup).get('x-opencredits-key')
    return setup.has('ANTHROPIC_CUSTOM_HEADERS') &&
      key === undefined &&
      /oc_sk_/.test(setup.get('ANTHROPIC_CUSTOM_HEADERS')?.value ?? '')
      ? trap(
          'malformed_header',
          'ANTHROPIC_CUSTOM_HEADERS holds a key, but not as "x-opencredits-key: Bearer oc_sk_…".',
        )
      : []
  },
  (setup) =>
    ['CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX'].flatMap((name) =>
      setup.has(name) && setup.has('ANTHROPIC_BASE_URL')
        ? trap('other_cloud', `${name} is set: Claude Code ignores ANTHROPIC_BASE_URL then. Unset it.`)
        : [],
    ),
]

export function findTraps(setup: Setup): readonly Trap[] {
  return checks.flatMap((check) => check(setup))
}

function trap(code: string, message: string): readonly Trap[] {
  return [{ code, message }]
}

function urlOf(setup: Setup, name: string, judge: (path: string) => string | null): readonly Trap[] {
  const variable = setup.get(name)
  if (variable === undefined) return []
  const url = URL.parse(variable.value.trim())
  if (url === null) return trap('bad_base_url', `${name} (from ${variable.from}) is no URL.`)
  const problem = judge(url.pathname)
  return problem === null ? [] : trap('base_url_path', `${name} (from ${variable.from}) ${problem}`)
}

function insecure(variable: Variable | undefined): readonly Trap[] {
  const url = URL.parse(variable?.value.trim() ?? '')
  const isLocal = url !== null && /^(localhost|127\.|\[::1\]|.*\.localhost$)/.test(url.hostname)
  return url?.protocol === 'http:' && !isLocal
    ? trap('unencrypted', `${variable?.name} is http: the key crosses the network unencrypted. Use https.`)
    : []
}

/** Every place that holds a key, the custom header too. */
function secrets(setup: Setup): readonly Variable[] {
  const header = customHeaders(setup).get('x-opencredits-key')
  const from = setup.get('ANTHROPIC_CUSTOM_HEADERS')?.from ?? ''
  return [
    ...['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'OPENAI_API_KEY'].flatMap((name) => setup.get(name) ?? []),
    ...(header === undefined ? [] : [{ name: 'x-opencredits-key', value: header, from }]),
  ]
}

function whiteSpace({ name, value, from }: Variable): readonly Trap[] {
  return /\s/.test(value.replace(/^bearer /i, ''))
    ? trap('white_space', `${name} (from ${from}) has white space in it: a line break that was copied along?`)
    : []
}

function unfit({ name, value, from }: Variable): readonly Trap[] {
  const kind = kindOfCredential(value)
  const shown = `${name} (${masked(value)}, from ${from})`
  if (kind === 'mistyped key') return trap('mistyped_key', `${shown} is mistyped: its checksum does not fit.`)
  if (kind === 'publishable key' || kind === 'server key')
    return trap('wrong_kind_of_key', `${shown} is a ${kind}; it cannot pay. A user key begins with oc_sk_.`)
  return name === 'x-opencredits-key' && kind === 'credential of another service'
    ? trap('foreign_key', `${shown} is a key of another service; a user key (oc_sk_…) belongs there.`)
    : []
}
