import type { Source } from '../identify/open-source.ts'
import type { Report } from '../report/finding.ts'
import type { Scan } from '../text/scan.ts'
import { jsonTable } from './json-table.ts'
import { ndjsonTable } from './ndjson-table.ts'
import { parquetTable } from './parquet-table.ts'
import { workbookTable } from './workbook-table.ts'
import { delimitedTable, type TextHints } from './delimited-table.ts'
import type { Table } from './table.ts'

/** What is fixed of how a file is written, by a contract or a person. */
export interface TableHints extends TextHints {
  readonly sheet?: string
  readonly headerLine?: number
}

/** The table of a content by its format. */
export async function openTable(
  source: Source,
  scan: Scan,
  { report, hints = {} }: { report: Report; hints?: TableHints }
): Promise<Table> {
  switch (source.kind) {
    case 'text':
      return textTable(source, scan, { report, hints })
    case 'json':
      return jsonTable(source, scan)
    case 'ndjson':
      return ndjsonTable(source.content, scan)
    case 'parquet':
      return parquetTable(source.content)
    default:
      return workbookTable(source, { report, ...(hints.sheet !== undefined && { sheet: hints.sheet }) })
  }
}

function textTable(
  source: Source,
  scan: Scan,
  { report, hints }: { report: Report; hints: TableHints }
): Table {
  const table = delimitedTable(source.content, scan, hints)
  if (table.isGuessed && hints.encoding === undefined && !table.encoding?.startsWith('utf-8'))
    report({ code: 'encoding_guessed', value: table.encoding, expected: table.evidence['encoding'] ?? '' })
  return table
}
