import type { WorkBook, WorkSheet } from '@e965/xlsx'
import type { Source } from '../identify/open-source.ts'
import { megabytes } from '../identify/inflate.ts'
import { FileRefused } from '../refusal.ts'
import type { Report } from '../report/finding.ts'
import { sheetCells } from './sheet-cells.ts'
import type { SourceRow, Table } from './table.ts'

/** Workbooks are in memory whole, so that they have a limit that texts have not. */
const mostBytes = 64 * 2 ** 20

interface Opening {
  readonly report: Report
  readonly sheet?: string
}

/** The table of a workbook: that of the sheet with the most in it, unless one is named. */
export async function workbookTable(source: Source, { report, sheet }: Opening): Promise<Table> {
  const book = await readBook(source)
  const sheets = book.SheetNames.map((name, index) => ({
    name,
    isHidden: (book.Workbook?.Sheets?.[index]?.Hidden ?? 0) > 0,
    rows: rowsOf(book.Sheets[name], book)
  }))
  const chosen = sheet === undefined ? fullest(sheets) : sheets.find(({ name }) => name === sheet)
  if (chosen === undefined || filledCells(chosen.rows) === 0) throw new FileRefused({ code: 'no_rows' })
  const others = sheets.filter((each) => each !== chosen)
  if (others.length > 0)
    report({
      code: 'sheet_chosen',
      value: chosen.name,
      values: others.map(({ name, isHidden }) => (isHidden ? `${name} (hidden)` : name))
    })
  const { rows } = chosen
  return {
    format: source.kind as 'xlsx' | 'xls' | 'ods',
    evidence: {
      sheet: `${filledCells(rows)} filled cells${others.length > 0 ? `, the most of ${sheets.length} sheets` : ''}`
    },
    encoding: null,
    delimiter: null,
    sheet: chosen.name,
    columns: null,
    isTyped: true,
    width: null,
    physicalLines: rows.length,
    async *rows() {
      yield rows
    }
  }
}

interface Sheet {
  readonly name: string
  readonly isHidden: boolean
  readonly rows: readonly SourceRow[]
}

/** The visible sheet with the most filled cells; a hidden one only where nothing else is. */
function fullest(sheets: readonly Sheet[]): Sheet | undefined {
  const byFill = (a: Sheet, b: Sheet) => filledCells(b.rows) - filledCells(a.rows)
  const visible = sheets.filter(({ isHidden, rows }) => !isHidden && filledCells(rows) > 0).sort(byFill)
  return visible[0] ?? [...sheets].sort(byFill)[0]
}

const filledCells = (rows: readonly SourceRow[]) =>
  rows.reduce((sum, { cells }) => sum + cells.reduce((count, cell) => count + (cell === '' ? 0 : 1), 0), 0)

async function readBook(source: Source): Promise<WorkBook> {
  if (source.bytes > mostBytes) throw new FileRefused({ code: 'too_large', expected: megabytes(mostBytes) })
  const parts: Buffer[] = []
  for await (const chunk of source.content.open() as AsyncIterable<Buffer>) parts.push(chunk)
  const { read } = await import('@e965/xlsx')
  try {
    return read(Buffer.concat(parts), {
      type: 'buffer',
      dense: true,
      cellNF: true,
      cellHTML: false,
      cellFormula: false,
      cellText: false
    })
  } catch (error) {
    throw refusalOf(error)
  }
}

function refusalOf(error: unknown): FileRefused {
  const words = error instanceof Error ? error.message : String(error)
  if (/password|encrypt/i.test(words)) return new FileRefused({ code: 'encrypted' }, { cause: error })
  return new FileRefused({ code: 'archive_corrupt' }, { cause: error })
}

function rowsOf(sheet: WorkSheet | undefined, book: WorkBook): readonly SourceRow[] {
  if (sheet === undefined) return []
  return sheetCells(sheet, book.Workbook?.WBProps?.date1904 === true).map((cells, index) => ({
    line: index + 1,
    lines: 1,
    cells
  }))
}
