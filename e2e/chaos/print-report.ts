import type { SeedReport } from './run-seed.ts'

/** A line of counts, then a line for each difference. */
export function printReport(report: SeedReport, isVerbose = false): string {
  const kinds = new Map<string, number>()
  for (const { kind } of report.faults) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  const counts = Object.entries(report.counts).map(([name, count]) => `${count} ${name}`)
  const faults = [...kinds].map(([kind, count]) => `${count} ${kind}`)
  return [
    `seed ${report.seed} · ${report.engine}, ${report.servers} servers · ${(report.durationMs / 1000).toFixed(1)} s`,
    `  ${counts.join(', ')}`,
    `  faults: ${faults.join(', ')}`,
    ...(report.missing.length === 0 ? [] : [`  not possible here: ${report.missing.join(', ')}`]),
    ...(isVerbose ? report.faults.map((fault) => `  ${JSON.stringify(fault)}`) : []),
    ...(isVerbose ? report.errors.map((line) => `  ${line}`) : []),
    ...report.differences.map(({ kind, about, detail }) => `  DIFFERENCE ${kind}: ${about}: ${detail}`),
    `  ${report.differences.length} differences${report.differences.length > 0 ? `; replay: npm run chaos -- --engine=${report.engine}${report.isLong ? ' --long' : ''} --seed=${report.seed}` : ''}`,
    '',
  ].join('\n')
}
