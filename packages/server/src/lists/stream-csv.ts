import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { stringify } from 'csv-stringify/sync'

export type CsvCell = string | number | null
export type CsvRow = readonly CsvCell[]

/** RFC 4180. Spreadsheets run what begins like a formula, so such texts get an apostrophe; numbers stay numbers. */
export function formatCsv(rows: readonly CsvRow[], isFirst: boolean): string {
  return stringify([...rows], {
    bom: isFirst,
    record_delimiter: 'windows',
    escape_formulas: true,
    quoted_match: /[\r\n]/,
  })
}

/**
 * Answers with a CSV file for spreadsheets (UTF-8 with a byte order mark), batch by batch: the next one is read when the
 * client has taken the last, so memory stays small however long the file is.
 */
export async function streamCsv(
  response: ServerResponse,
  file: {
    readonly name: string
    readonly columns: readonly string[]
    readonly batches: AsyncIterable<readonly CsvRow[]>
  },
): Promise<void> {
  response.setHeader('content-type', 'text/csv; charset=utf-8')
  response.setHeader('content-disposition', `attachment; filename="${file.name}"`)
  await streamTexts(response, csvTexts(file.columns, file.batches))
}

async function* csvTexts(
  columns: readonly string[],
  batches: AsyncIterable<readonly CsvRow[]>,
): AsyncGenerator<string> {
  yield formatCsv([columns], true)
  for await (const rows of batches) yield formatCsv(rows, false)
}

/** Sends texts as they come. An error that comes before the first of them is answered like any other. */
export async function streamTexts(response: ServerResponse, texts: AsyncIterable<string>): Promise<void> {
  for await (const text of texts) {
    if (response.destroyed) return
    if (!response.write(text)) await Promise.race([once(response, 'drain'), once(response, 'close')])
  }
  response.end()
}
