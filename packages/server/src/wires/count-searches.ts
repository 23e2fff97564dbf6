import type { ReportedUsage } from './wire.ts'

/** Counts the web searches that a stream shows, for one that ends before its provider has counted them. */
export interface SearchCount {
  begin(): void
  /** @param isFinal whether these are the provider's own counts of the whole answer, to which nothing is added. */
  addTo(reported: ReportedUsage, isFinal: boolean): ReportedUsage
}

export function countSearches(): SearchCount {
  let begun = 0
  return {
    begin() {
      begun += 1
    },
    addTo: (reported, isFinal) => (begun === 0 || isFinal ? reported : { ...reported, webSearches: begun }),
  }
}
