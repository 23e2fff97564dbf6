/** Warns of a name that is none, with those that it is likest to: a misspelt option would be ignored in silence. */
export function warnUnknown(what: string, name: string, known: readonly string[]): void {
  if (known.includes(name)) return
  console.warn(`OpenCredits: unknown ${what} '${name}'. Did you mean ${nearest(name, known).join(' or ')}?`)
}

const namesMax = 3

/** The names that share most pairs of letters with it, the likest first. */
function nearest(name: string, known: readonly string[]): readonly string[] {
  const pairs = [...name.toLowerCase()].map((letter, at, letters) => letter + letters[at + 1])
  const likeness = (other: string) =>
    pairs.filter((pair) => other.toLowerCase().includes(pair)).length / (name.length + other.length)
  return known.toSorted((one, other) => likeness(other) - likeness(one)).slice(0, namesMax)
}
