type Fields = Readonly<Record<string, unknown>>

/** Optional properties are left out below this depth. */
const depthMax = 8
/** A schema comes from anybody: whatever it asks for, its example stays small. */
const depthAtMost = 100
const valuesMax = 5_000
const itemsMax = 1_000
const charactersMax = 10_000
/** What is looked at and written in all: members of a schema and characters. What comes after that is null. */
const workMax = 200_000

/**
 * The smallest value that fits a JSON schema, with the optional properties too. Recursive schemas end where they may. It
 * is what the sandbox and the simulated models answer where a schema is given; no page loads it.
 */
export function exampleOfSchema(schema: unknown): unknown {
  return example(schema, { root: schema, depth: 0, made: { values: 0, work: 0 } })
}

interface Place {
  readonly root: unknown
  readonly depth: number
  /** How many values there are so far. */
  readonly made: { values: number; work: number }
}

/** Call it before the work. What one place asks for is no more than the schema is long, so only one goes over. */
function mayWork({ made }: Place, work: number): boolean {
  made.work += work
  return made.work <= workMax
}

function example(schema: unknown, place: Place): unknown {
  place.made.values += 1
  if (!isFields(schema)) return {}
  if (place.depth > depthAtMost || place.made.values > valuesMax || !mayWork(place, 1)) return null
  const deeper = { ...place, depth: place.depth + 1 }
  if (typeof schema.$ref === 'string')
    return mayWork(place, schema.$ref.length) ? example(resolve(schema.$ref, place.root), deeper) : null
  if (schema.const !== undefined) return given(schema.const, place)
  if (Array.isArray(schema.enum)) return given(schema.enum[0], place)
  if (Array.isArray(schema.allOf)) return example(merge(schema, schema.allOf, place), deeper)
  const choice = listOf(schema.anyOf ?? schema.oneOf)[0]
  if (choice !== undefined) return example(choice, deeper)
  switch (typeOf(schema)) {
    case 'string':
      return given(exampleText(schema), place)
    case 'integer':
    case 'number':
      return exampleNumber(schema)
    case 'boolean':
      return true
    case 'null':
      return null
    case 'array':
      return exampleList(schema, deeper)
    default:
      return exampleObject(schema, deeper)
  }
}

/** A value as the schema has it. It is written out wherever it is referred to. */
function given(value: unknown, place: Place): unknown {
  return mayWork(place, JSON.stringify(value)?.length ?? 0) ? value : null
}

function typeOf(schema: Fields): string {
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  return textOf(type) ?? (schema.items === undefined ? 'object' : 'array')
}

function exampleObject(schema: Fields, place: Place): Fields {
  const properties = fieldsOf(schema.properties)
  const required = listOf(schema.required)
  if (!mayWork(place, Object.keys(properties).length + required.length)) return {}
  const needed = new Set(required)
  const wanted = Object.entries(properties).filter(([name]) => place.depth < depthMax || needed.has(name))
  return Object.fromEntries(wanted.map(([name, property]) => [name, example(property, place)]))
}

function exampleList(schema: Fields, place: Place): readonly unknown[] {
  if (Array.isArray(schema.prefixItems))
    return mayWork(place, schema.prefixItems.length) ? schema.prefixItems.map((item) => example(item, place)) : []
  const least = numberOf(schema.minItems) ?? 0
  const most = numberOf(schema.maxItems) ?? Number.POSITIVE_INFINITY
  const length = Math.min(place.depth >= depthMax ? least : Math.min(Math.max(least, 1), most), itemsMax)
  return Array.from({ length: Math.max(0, Math.floor(length)) }, () => example(schema.items, place))
}

const formats: Readonly<Record<string, string>> = {
  'date-time': '2026-01-01T00:00:00Z',
  date: '2026-01-01',
  time: '00:00:00Z',
  duration: 'P1D',
  email: 'someone@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
}

function exampleText(schema: Fields): string {
  const text = formats[textOf(schema.format) ?? ''] ?? 'example'
  return text
    .padEnd(Math.min(numberOf(schema.minLength) ?? 0, charactersMax), 'x')
    .slice(0, numberOf(schema.maxLength) ?? undefined)
}

function exampleNumber(schema: Fields): number {
  const step = numberOf(schema.multipleOf) ?? 1
  const above = numberOf(schema.exclusiveMinimum)
  const least = numberOf(schema.minimum) ?? (above === null ? null : above + step)
  const below = numberOf(schema.exclusiveMaximum)
  const most = numberOf(schema.maximum) ?? (below === null ? Number.POSITIVE_INFINITY : below - step)
  return Math.min(Math.ceil((least ?? Math.min(step, most)) / step) * step, most)
}

/** `#/$defs/Name` */
function resolve(reference: string, root: unknown): unknown {
  const steps = reference.replace(/^#\/?/, '').split('/').filter(Boolean)
  return steps.reduce<unknown>((value, step) => fieldsOf(value)[step.replaceAll('~1', '/').replaceAll('~0', '~')], root)
}

function merge(schema: Fields, parts: readonly unknown[], place: Place): Fields {
  const { allOf: _, ...own } = schema
  const all = [own, ...parts].map((part) => {
    const reference = textOf(fieldsOf(part).$ref)
    if (!mayWork(place, reference?.length ?? 1)) return {}
    const fields = fieldsOf(reference === null ? part : resolve(reference, place.root))
    const size = (name: string) => Object.keys(fieldsOf(fields[name])).length + listOf(fields[name]).length
    return mayWork(place, Object.keys(fields).length + size('properties') + size('required')) ? fields : {}
  })
  return {
    ...Object.fromEntries(all.flatMap((part) => Object.entries(part))),
    properties: Object.fromEntries(all.flatMap(({ properties }) => Object.entries(fieldsOf(properties)))),
    required: all.flatMap(({ required }) => listOf(required)),
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {}
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}
