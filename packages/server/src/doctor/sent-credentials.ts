import { withoutBearer } from './credential.ts'
import type { Setup, Variable } from './setup.ts'

/** A credential that Claude Code sends: where it was set, and the header that carries it. */
export interface SentCredential extends Variable {
  readonly header: 'authorization' | 'x-api-key' | 'x-user-key'
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

/** The key in `x-opencredits-key`, or null: the header that asks for pass-through. */
export function passThroughKey(setup: Setup): Variable | null {
  const value = withoutBearer(customHeaders(setup).get('x-opencredits-key') ?? '')
  const from = setup.get('ANTHROPIC_CUSTOM_HEADERS')?.from ?? ''
  return value === '' ? null : { name: 'x-opencredits-key', value, from }
}

/** What says who pays, besides `x-opencredits-key`. A custom header replaces what its variable would have sent. */
export function sentCredentials(setup: Setup): readonly SentCredential[] {
  const custom = customHeaders(setup)
  const from = setup.get('ANTHROPIC_CUSTOM_HEADERS')?.from ?? ''
  const sources = [
    ['authorization', 'ANTHROPIC_AUTH_TOKEN'],
    ['x-api-key', 'ANTHROPIC_API_KEY'],
    ['x-user-key', null],
  ] as const
  return sources.flatMap(([header, variable]) => {
    const own = custom.get(header)
    if (own !== undefined && own !== '')
      return [{ header, name: `custom header ${header}`, value: withoutBearer(own), from }]
    const set = variable === null ? undefined : setup.get(variable)
    return set === undefined ? [] : [{ ...set, header }]
  })
}
