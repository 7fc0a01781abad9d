import { CourantError } from '../../runtime/errors.ts'
import type { RunColumn } from '../../schemas/erp/columns.ts'
import type { Settings } from '../../runtime/settings.ts'
import { primaryIndex } from './catalogue.ts'
import type { OdbcConnection } from './odbc-connection.ts'
import { planRun, type RunRequest } from './run-plan.ts'
import type { SelectedColumn } from './selected-columns.ts'
import type { Statements } from './statements.ts'

/** A column with text that SQL refuses, or shows cut. */
export interface WideColumn {
  readonly column: string
  /** Its SQL width in characters. */
  readonly width: number | null
  /** Characters of its longest value; null where the source refuses to say. */
  readonly longest: number | null
}

/** What a look at a table found before it is loaded. */
export interface Preflight {
  readonly rows: number
  /** What its rows would have, arrays taken apart. */
  readonly columns: readonly RunColumn[]
  /** SQL-safe names of its key. */
  readonly key: readonly string[]
  readonly fetchSize: number
  readonly tooWide: readonly WideColumn[]
  /** The columns of the source's primary index; none when it tells of none. */
  readonly primaryIndex: readonly string[]
  /** Whether PrimaryKeyCols are those columns, in any order. */
  readonly isKeyPrimary: boolean
}

/** Looks at all a run would need: columns, names, keys, widths. Throws what planRun throws. */
export async function preflightTable(
  connection: OdbcConnection,
  settings: Settings,
  request: RunRequest
): Promise<Preflight> {
  const { selection, statements, expectedRows, fetchSize } = await planRun(connection, settings, {
    ...request,
    mode: 'full'
  })
  const index = await primaryIndex(connection, request.table.tableName)
  const lower = (names: readonly string[]) => names.map((name) => name.toLowerCase()).toSorted()
  return {
    rows: expectedRows,
    columns: selection.columns,
    key: selection.key.map(({ sqlName }) => sqlName),
    fetchSize,
    tooWide: await wideColumns(connection, statements, selection.selected),
    primaryIndex: index,
    isKeyPrimary: String(lower(index)) === String(lower(selection.key.map(({ source }) => source.name)))
  }
}

/** A value too wide may make the whole statement fail, for the first such column: then it is asked again without it. */
async function wideColumns(
  connection: OdbcConnection,
  statements: Statements,
  selected: readonly SelectedColumn[]
): Promise<WideColumn[]> {
  const found: WideColumn[] = []
  let asked = selected.filter(({ source }) => source.type === 'text')
  while (asked.length > 0) {
    try {
      const [longest] = await connection.query(statements.longest(asked), 'the length of text')
      const wide = asked.map(({ source }, n) => wideColumn(source, Number(longest?.[n] ?? 0)))
      return [...found, ...wide.filter((column) => (column.longest ?? 0) > (column.width ?? Infinity))]
    } catch (error) {
      const refused = refusedColumn(error, asked)
      if (!refused) throw error
      found.push(wideColumn(refused.source, null))
      asked = asked.filter((column) => column !== refused)
    }
  }
  return found
}

const wideColumn = ({ name, width }: SelectedColumn['source'], longest: number | null): WideColumn => ({
  column: name,
  width,
  longest
})

const refusedColumn = (error: unknown, asked: readonly SelectedColumn[]) =>
  error instanceof CourantError && error.code === 'WIDTH_EXCEEDED'
    ? asked.find(({ source }) => source.name === error.details['column'])
    : undefined
