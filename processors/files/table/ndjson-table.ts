import type { Content } from '../identify/content.ts'
import { guessEncoding } from '../text/guess-encoding.ts'
import { type LineBatch, linesOf } from '../text/lines.ts'
import type { Scan } from '../text/scan.ts'
import { type JsonRecord, recordCells, unwrapped } from './json-records.ts'
import type { SourceRow, Table } from './table.ts'

/** A table of JSON lines. Its columns are the members of all records, which takes a look over the whole. */
export async function ndjsonTable(content: Content, scan: Scan): Promise<Table> {
  const guess = guessEncoding(scan)
  const columns = await allColumns(content, guess)
  return {
    format: 'ndjson',
    evidence: { encoding: guess.evidence },
    encoding: guess.encoding,
    delimiter: null,
    sheet: null,
    columns,
    isTyped: true,
    width: null,
    physicalLines:
      scan.bytes <= guess.markLength ? 0 : scan.lineEnds.narrow + (scan.lineEnds.isLastEnded.narrow ? 0 : 1),
    async *rows() {
      for await (const batch of linesOf(content.open(), guess)) yield rowsOf(batch, columns)
    }
  }
}

async function allColumns(content: Content, guess: ReturnType<typeof guessEncoding>): Promise<string[]> {
  const names = new Set<string>()
  for await (const { lines } of linesOf(content.open(), guess))
    for (const line of lines) {
      const record = recordIn(line)
      if (!(record instanceof Error)) for (const name of Object.keys(record)) names.add(name)
    }
  return [...names]
}

function recordIn(line: string): JsonRecord | Error {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Error('no object')
    return unwrapped(value as JsonRecord)
  } catch (error) {
    return error as Error
  }
}

function rowsOf({ lines, first, damaged, isCut }: LineBatch, columns: readonly string[]): SourceRow[] {
  return lines.map((line, index): SourceRow => {
    const place = { line: first + index, lines: 1 }
    if (line.trim() === '') return { ...place, cells: [] }
    const damage = damaged.get(index)
    const end = isCut && index === lines.length - 1
    const shared = { ...place, ...(damage !== undefined && { damage }), ...(end && { isCut: true }) }
    const record = recordIn(line)
    if (!(record instanceof Error)) return { ...shared, cells: recordCells(record, columns) }
    return { ...shared, cells: [line], problem: { code: 'invalid_json', value: record.message } }
  })
}
