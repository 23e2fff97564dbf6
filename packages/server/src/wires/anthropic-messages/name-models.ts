/** A body whose further models (fallbacks, advisors) are called as Anthropic calls them. */
export function nameModels(
  body: Readonly<Record<string, unknown>>,
  names: ReadonlyMap<string, string>,
): Readonly<Record<string, unknown>> {
  if (names.size === 0) return body
  const { fallbacks, tools } = body
  const renamed = (value: unknown): unknown => {
    const name = typeof value === 'object' && value !== null ? Reflect.get(value, 'model') : undefined
    const known = typeof name === 'string' ? names.get(name) : undefined
    return known === undefined ? value : { ...Object(value), model: known }
  }
  return {
    ...body,
    ...(Array.isArray(fallbacks) ? { fallbacks: fallbacks.map(renamed) } : {}),
    ...(Array.isArray(tools) ? { tools: tools.map(renamed) } : {}),
  }
}
