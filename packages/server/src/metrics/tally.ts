import { Counter, type Registry } from 'prom-client'

/**
 * A counter that is added to with every call, by subject and part. It adds plain numbers, and tells the registry when it
 * is scraped: labels cost more than what is counted with them.
 */
export interface Tally<Part extends string> {
  add(subject: string, amounts: Readonly<Record<Part, number>>): void
}

export function createTally<Part extends string>(
  registry: Registry,
  told: { readonly name: string; readonly help: string; readonly labelNames: readonly [subject: string, part: string] },
  parts: readonly Part[],
): Tally<Part> {
  const [subjectLabel, partLabel] = told.labelNames
  const untold = new Map<string, Record<Part, number>>()
  new Counter({
    ...told,
    registers: [registry],
    collect() {
      for (const [subject, amounts] of untold) {
        for (const part of parts) {
          this.inc({ [subjectLabel]: subject, [partLabel]: part }, amounts[part])
          amounts[part] = 0
        }
      }
    },
  })
  return {
    add(subject, amounts) {
      const sums = untold.get(subject)
      if (sums === undefined) untold.set(subject, { ...amounts })
      else for (const part of parts) sums[part] += amounts[part]
    },
  }
}
