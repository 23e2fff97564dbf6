/**
 * Whether OpenAI's strict mode takes a schema: every object names all its properties as required and allows no others.
 * Asking for it with another schema would be refused.
 */
export function fitsStrictMode(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(fitsStrictMode)
  if (typeof schema !== 'object' || schema === null) return true
  const { type, properties, required, additionalProperties } = schema as Readonly<Record<string, unknown>>
  if (type === 'object') {
    const names = typeof properties === 'object' && properties !== null ? Object.keys(properties) : []
    if (additionalProperties !== false || !Array.isArray(required)) return false
    if (!names.every((name) => required.includes(name))) return false
  }
  return Object.values(schema).every(fitsStrictMode)
}
