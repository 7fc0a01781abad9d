import { type Canonical, canonicalOf } from '../../../sinks/ods/canonical-value.ts'
import { RowHasher } from '../../../sinks/ods/hashdiff.ts'
import type { OdsDatabase } from '../../../sinks/ods/ods-database.ts'
import { tableName } from '../../../sinks/ods/ods-table.ts'
import type { TextRow } from '../../../producers/progress/table-scan.ts'
import { comparedKey } from '../../../schemas/erp/run-envelope.ts'
import { type ComparedRow, type Differences, KeyComparison } from './key-comparison.ts'
import { type ScannedTable, type ScanTools, type SourceScan, scanSource } from '../source-scan.ts'

/** Compares a table of the source with the current rows of the ODS: counts, keys and hashes. */
export async function compareTable(
  scanned: ScannedTable,
  tools: ScanTools & { readonly ods: OdsDatabase }
): Promise<Differences> {
  const comparison = new KeyComparison()
  try {
    await comparison.add('source', sourceRows(await scanSource(scanned, tools)))
    await comparison.add('target', currentRows(tools.ods, scanned.table.destinationTable))
    return comparison.differences()
  } finally {
    comparison.close()
  }
}

/** Rows as the sink would keep them. */
async function* sourceRows({ plan, pages }: SourceScan): AsyncGenerator<ComparedRow> {
  const { columns, key } = plan.selection
  const hasher = new RowHasher(columns)
  const canonical = columns.map(canonicalOf)
  const keyPlaces = key.map(({ sqlName }) => columns.findIndex((column) => column.sqlName === sqlName))
  for await (const page of pages)
    for (const row of page)
      yield {
        key: comparedKey(keyPlaces.map((place) => row[place] ?? '')),
        hash: hashOf(row, { hasher, canonical })
      }
}

/** No row of the ODS has this hash: a value that the sink would refuse makes a difference. */
const refused = Buffer.alloc(0)

function hashOf(
  row: TextRow,
  { hasher, canonical }: { hasher: RowHasher; canonical: readonly Canonical[] }
): Buffer {
  const values: (string | null)[] = []
  for (const [n, text] of row.entries()) {
    const value = text === null ? null : (canonical[n] as Canonical)(text)
    if (value === null && text !== null) return refused
    values.push(value)
  }
  return hasher.hash(values)
}

/** The current rows of a table of the ODS by key and hash; none where the table is not there. */
export async function* currentRows(ods: OdsDatabase, destination: string): AsyncGenerator<ComparedRow> {
  const name = tableName(destination)
  const exists = await ods.query(`look for ods.${name}`, ods.dialect.existingColumns('ods', name))
  if (exists.length === 0) return
  // Quoted, because a table may be called like a word of SQL; both dialects take these quotes.
  const text = `SELECT row_key, hashdiff FROM ods."${name}" WHERE is_current = 1 AND is_deleted = 0`
  for await (const row of ods.stream(`read ods.${name}`, { text }))
    yield { key: String(row['row_key']), hash: row['hashdiff'] as Buffer }
}
