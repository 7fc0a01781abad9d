import type { Source } from '../identify/open-source.ts'
import { megabytes } from '../identify/inflate.ts'
import { FileRefused } from '../refusal.ts'
import { decode } from '../text/encodings.ts'
import { guessEncoding } from '../text/guess-encoding.ts'
import type { Scan } from '../text/scan.ts'
import { columnsOf, recordCells, tabular } from './json-records.ts'
import type { SourceRow, Table } from './table.ts'

/** A JSON document is in memory whole. */
const mostBytes = 128 * 2 ** 20

/** The table of a JSON document: its array of records, however deep that lies. */
export async function jsonTable(source: Source, scan: Scan): Promise<Table> {
  if (scan.bytes > mostBytes) throw new FileRefused({ code: 'too_large', expected: megabytes(mostBytes) })
  const guess = guessEncoding(scan)
  const records = tabular(await parsed(source, guess))
  if (records.length === 0) throw new FileRefused({ code: 'no_rows' })
  const columns = columnsOf(records)
  const rows = records.map(
    (record, index): SourceRow => ({ line: index + 1, lines: 1, cells: recordCells(record, columns) })
  )
  return {
    format: 'json',
    evidence: { records: `an array of ${records.length} records`, encoding: guess.evidence },
    encoding: guess.encoding,
    delimiter: null,
    sheet: null,
    columns,
    isTyped: true,
    width: null,
    physicalLines: rows.length,
    async *rows() {
      yield rows
    }
  }
}

async function parsed(source: Source, guess: ReturnType<typeof guessEncoding>): Promise<unknown> {
  const parts: Buffer[] = []
  for await (const chunk of source.content.open() as AsyncIterable<Buffer>) parts.push(chunk)
  const text = decode(Buffer.concat(parts).subarray(guess.markLength), guess.encoding)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new FileRefused({ code: 'json_invalid', value: (error as Error).message }, { cause: error })
  }
}
