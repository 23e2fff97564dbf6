import { messagesClassification } from '../packages/server/src/wires/anthropic-messages/classified-fields.ts'
import type { Classification, ClassifiedBetas, Rule } from '../packages/server/src/wires/classification.ts'
import { chatClassification } from '../packages/server/src/wires/openai-chat/classified-fields.ts'
import { embeddingsClassification } from '../packages/server/src/wires/openai-embeddings/classified-fields.ts'
import { responsesClassification } from '../packages/server/src/wires/openai-responses/classified-fields.ts'

/** `docs/wire-formats.md`, which is made of the tables that requests are checked by. */
export const pagePath = 'docs/wire-formats.md'

const formats: readonly (readonly [title: string, header: string | null, table: Classification])[] = [
  ['Messages: `/v1/messages`', 'anthropic-beta', messagesClassification],
  ['Chat Completions: `/v1/chat/completions`', 'openai-beta', chatClassification],
  ['Responses: `/v1/responses`', 'openai-beta', responsesClassification],
  ['Embeddings: `/v1/embeddings`', null, embeddingsClassification],
]

const introduction = `# What may be in a request

Made by \`npm run wire-formats\` of the tables \`packages/server/src/wires/*/classified-*.ts\`; a test compares them.

Under the operator's key nothing goes out whose cost is not known. Every field, tool, part of a turn and beta is in one of three classes:

- **passes**: it costs no more than the tokens that the provider counts.
- **priced**: it costs more, and the rule is known: what it may cost is held, what it did cost is charged.
- **refused**: a 400 that names it, in the caller's dialect; nothing is held and nothing is sent.

What no table names is refused as the provider itself would: \`foo: Extra inputs are not permitted\`, \`Unknown parameter: 'foo'.\` A value of null is none. A beta never fails a request: what is refused or not named is left out of the header that goes out, and listed in \`opencredits-ignored-betas\` of the answer.

The id of a file that is kept here (POST /v1/files) is no field of these tables: in messages and in results of tools, the content of the file takes its place before they are looked at, and passes or is priced as if it had been sent. Only an id that stands anywhere else is refused.

A call with the client's own credential is passed through: nothing of it is touched, and nothing is refused. A model of another family gets the request translated, and what its format has no words for is refused by name.
`

export function wireFormatsPage(): string {
  return `${[introduction, ...formats.map(([title, header, table]) => section(title, header, table))].join('\n')}`
}

function section(title: string, header: string | null, { body, betas }: Classification): string {
  const entries = entriesOf(body)
  const of = (verdict: Rule['verdict'], isNoted: boolean) =>
    entries.filter(({ rule }) => rule.verdict === verdict && (rule.note !== null) === isNoted)
  return [
    `## ${title}\n`,
    list('Passes', of('passes', false)),
    table('Passes, but', '', of('passes', true)),
    table('Priced', 'how', of('priced', true)),
    table('Refused', 'why', of('refused', true)),
    ...(header === null ? [] : [betasOf(header, betas)]),
  ]
    .filter((part) => part !== '')
    .join('\n')
}

interface Entry {
  /** Where it stands, and what it is called there. */
  readonly place: string
  readonly name: string
  readonly rule: Rule
}

/**
 * Fields of the body, types of parts, and whatever there is something to say about. Each rule once, where it is met
 * first: a picture in a tool's result is treated as one in a message.
 */
function entriesOf(body: Rule): readonly Entry[] {
  const seen = new Set<Rule>()
  const enter = (rule: Rule, path: string, entry: Entry, isListed: boolean): readonly Entry[] => {
    const told = rule.note !== null || isListed ? [entry] : []
    if (seen.has(rule)) return told
    seen.add(rule)
    return [...told, ...walk(rule, path)]
  }
  const walk = (rule: Rule, place: string): readonly Entry[] => {
    const member = `${place}[]`
    return [
      ...[...(rule.fields ?? [])].flatMap(([name, field]) =>
        enter(
          field,
          place === '' ? name : `${place}.${name}`,
          { place, name, rule: field },
          place === '' && !isRefused(field),
        ),
      ),
      ...[...(rule.types ?? [])].flatMap(([name, part]) =>
        enter(part, `${place} ${name}`, { place, name, rule: part }, true),
      ),
      ...(rule.each === undefined ? [] : enter(rule.each, member, { place: '', name: member, rule: rule.each }, false)),
    ]
  }
  return walk(body, '')
}

function isRefused(rule: Rule): boolean {
  if (rule.each !== undefined) return isRefused(rule.each)
  const types = [...(rule.types?.values() ?? [])]
  return rule.verdict === 'refused' || (types.length > 0 && types.every(isRefused))
}

/** What stands together is told together. */
function list(title: string, entries: readonly Entry[]): string {
  const lines = [...Map.groupBy(entries, ({ place }) => place)].map(([place, here]) => `- ${namesAt(place, here)}`)
  return `### ${title}\n\n${lines.join('\n')}\n`
}

function table(title: string, column: string, entries: readonly Entry[]): string {
  if (entries.length === 0) return ''
  const rules = [...Map.groupBy(entries, ({ rule }) => `${valuesOf(rule)}${rule.note}`)]
  const lines = rules.map(([told, here]) => `| ${placesOf(here)} | ${told} |`)
  return `### ${title}\n\n| | ${column} |\n|---|---|\n${lines.join('\n')}\n`
}

/** A name that is treated alike in many places is told once. */
const placesMax = 3

function placesOf(entries: readonly Entry[]): string {
  const names = [...Map.groupBy(entries, ({ name }) => name)]
  const isEverywhere = (name: string) => names.some(([one, here]) => one === name && here.length > placesMax)
  const common = names.filter(([name]) => isEverywhere(name)).map(([name]) => `${code(name)} wherever it stands`)
  const rest = entries.filter(({ name }) => !isEverywhere(name))
  const there = [...Map.groupBy(rest, ({ place }) => place)].map(([place, here]) => namesAt(place, here))
  return [...common, ...there].join('; ')
}

function namesAt(place: string, entries: readonly Entry[]): string {
  const names = namesOf(entries.map(({ name }) => name))
  return place === '' ? names : `${code(place)}: ${names}`
}

function betasOf(header: string, betas: ClassifiedBetas): string {
  const of = (verdict: Rule['verdict']) => [...betas].filter(([, rule]) => rule.verdict === verdict)
  const rules = Map.groupBy([...of('priced'), ...of('refused')], ([, { verdict, note }]) => `${verdict} | ${note}`)
  const lines = [...rules].map(([told, here]) => `| ${namesOf(here.map(([name]) => name))} | ${told} |`)
  const passing = namesOf(of('passes').map(([name]) => name))
  return `### \`${header}\`\n\nPasses: ${passing}\n\n| | | |\n|---|---|---|\n${lines.join('\n')}\n`.replaceAll(
    '| refused |',
    '| left out |',
  )
}

function valuesOf({ values }: Rule): string {
  if (values === undefined) return ''
  const those = [...values].map((value) => code(String(value))).join(', ')
  return `only ${those === '' ? 'without a value' : those}: `
}

function namesOf(names: readonly string[]): string {
  return [...new Set(names)].map(code).join(', ')
}

function code(name: string): string {
  return `\`${name}\``
}
