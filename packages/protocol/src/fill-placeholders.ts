/** Puts values into a text with `{name}`s. A name without a value stays as it is, so that it is seen. */
export function fillPlaceholders(text: string, find: (name: string) => string | undefined): string {
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => find(name) ?? placeholder)
}
